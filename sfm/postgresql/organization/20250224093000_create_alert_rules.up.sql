-- bfm: depends-on=organization/create_notification_channels, core/create_environments
-- bfm: tags=tier=standard, team=alerting

-- environment_id has no foreign key: one in every tenant schema would make each tenant's run lock core.environments,
-- and each change there would have to look into every tenant schema.
CREATE TABLE alert_rules (
  alert_rule_id uuid NOT NULL DEFAULT gen_random_uuid(),
  environment_id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  signal text NOT NULL,
  query text NOT NULL,
  comparison text NOT NULL,
  threshold double precision NOT NULL,
  window_seconds integer NOT NULL DEFAULT 300,
  severity text NOT NULL DEFAULT 'warning',
  is_enabled boolean NOT NULL DEFAULT true,
  last_evaluated_at timestamptz,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT alert_rules_pkey PRIMARY KEY (alert_rule_id),
  CONSTRAINT alert_rules_name_key UNIQUE (name),
  CONSTRAINT alert_rules_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT alert_rules_signal_check CHECK (signal IN ('logs', 'traces', 'metrics')),
  CONSTRAINT alert_rules_comparison_check CHECK (comparison IN ('<', '<=', '>', '>=', '=', '<>')),
  CONSTRAINT alert_rules_window_seconds_check CHECK (window_seconds BETWEEN 30 AND 86400),
  CONSTRAINT alert_rules_severity_check CHECK (severity IN ('info', 'warning', 'critical'))
);

CREATE INDEX alert_rules_due_idx
  ON alert_rules (last_evaluated_at NULLS FIRST)
  WHERE is_enabled;

CREATE TRIGGER alert_rules_set_updated_at
  BEFORE UPDATE ON alert_rules
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

CREATE TABLE alert_rule_channels (
  alert_rule_id uuid NOT NULL,
  notification_channel_id uuid NOT NULL,
  sort_order smallint NOT NULL DEFAULT 0,
  CONSTRAINT alert_rule_channels_pkey PRIMARY KEY (alert_rule_id, notification_channel_id),
  CONSTRAINT alert_rule_channels_alert_rule_id_fkey
    FOREIGN KEY (alert_rule_id) REFERENCES alert_rules (alert_rule_id) ON DELETE CASCADE,
  CONSTRAINT alert_rule_channels_notification_channel_id_fkey
    FOREIGN KEY (notification_channel_id) REFERENCES notification_channels (notification_channel_id),
  CONSTRAINT alert_rule_channels_sort_order_check CHECK (sort_order >= 0)
);

CREATE INDEX alert_rule_channels_notification_channel_id_idx
  ON alert_rule_channels (notification_channel_id);

COMMENT ON TABLE alert_rules IS 'Conditions on telemetry that open an incident.';
COMMENT ON COLUMN alert_rules.environment_id IS 'Environment in core.environments whose schema this is.';
COMMENT ON COLUMN alert_rules.query IS 'Expression that gives the number to compare.';
COMMENT ON COLUMN alert_rules.window_seconds IS 'Span of telemetry that one evaluation looks at.';
COMMENT ON TABLE alert_rule_channels IS 'Which channels a rule notifies, and in which order.';
