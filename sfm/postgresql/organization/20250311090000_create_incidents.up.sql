-- bfm: depends-on=organization/create_alert_rules, core/create_environments
-- bfm: tags=tier=standard, team=alerting

CREATE TABLE incidents (
  incident_id uuid NOT NULL DEFAULT gen_random_uuid(),
  incident_number bigint GENERATED ALWAYS AS IDENTITY,
  alert_rule_id uuid NOT NULL,
  title text NOT NULL,
  severity text NOT NULL,
  status text NOT NULL DEFAULT 'open',
  assigned_to uuid,
  context jsonb NOT NULL DEFAULT '{}',
  opened_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT incidents_pkey PRIMARY KEY (incident_id),
  CONSTRAINT incidents_incident_number_key UNIQUE (incident_number),
  CONSTRAINT incidents_alert_rule_id_fkey
    FOREIGN KEY (alert_rule_id) REFERENCES alert_rules (alert_rule_id),
  CONSTRAINT incidents_severity_check CHECK (severity IN ('info', 'warning', 'critical')),
  CONSTRAINT incidents_status_check CHECK (status IN ('open', 'acknowledged', 'resolved')),
  CONSTRAINT incidents_acknowledged_at_check CHECK (status <> 'acknowledged' OR acknowledged_at IS NOT NULL),
  CONSTRAINT incidents_resolved_at_check CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
  CONSTRAINT incidents_context_check CHECK (jsonb_typeof(context) = 'object')
);

CREATE UNIQUE INDEX incidents_one_unresolved_key
  ON incidents (alert_rule_id)
  WHERE status <> 'resolved';

CREATE INDEX incidents_alert_rule_id_opened_at_idx
  ON incidents (alert_rule_id, opened_at DESC);

CREATE INDEX incidents_context_idx
  ON incidents USING gin (context jsonb_path_ops);

CREATE TRIGGER incidents_set_updated_at
  BEFORE UPDATE ON incidents
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

CREATE TABLE incident_events (
  incident_event_id bigint GENERATED ALWAYS AS IDENTITY,
  incident_id uuid NOT NULL,
  kind text NOT NULL,
  actor_user_id uuid,
  body text NOT NULL DEFAULT '',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT incident_events_pkey PRIMARY KEY (incident_event_id),
  CONSTRAINT incident_events_incident_id_fkey
    FOREIGN KEY (incident_id) REFERENCES incidents (incident_id) ON DELETE CASCADE,
  CONSTRAINT incident_events_kind_check
    CHECK (kind IN ('opened', 'notified', 'acknowledged', 'assigned', 'commented', 'resolved'))
);

CREATE INDEX incident_events_incident_id_idx
  ON incident_events (incident_id, incident_event_id);

COMMENT ON TABLE incidents IS 'Times at which the condition of an alert rule held.';
COMMENT ON COLUMN incidents.incident_number IS
  'Short number that people use among themselves; counts within the environment.';
COMMENT ON COLUMN incidents.severity IS 'Copied from the rule when the incident opened.';
COMMENT ON COLUMN incidents.context IS 'Measured value and labels at the time of opening.';
COMMENT ON TABLE incident_events IS 'What happened to an incident, in order.';
