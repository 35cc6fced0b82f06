-- bfm: depends-on=organization/create_alert_rules
-- bfm: tags=tier=standard, team=alerting

ALTER TABLE alert_rules
  ADD COLUMN labels jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN muted_until timestamptz,
  ADD CONSTRAINT alert_rules_labels_check CHECK (jsonb_typeof(labels) = 'object');

CREATE INDEX alert_rules_labels_idx
  ON alert_rules USING gin (labels jsonb_path_ops);

CREATE INDEX alert_rules_muted_until_idx
  ON alert_rules (muted_until)
  WHERE muted_until IS NOT NULL;

COMMENT ON COLUMN alert_rules.labels IS 'Names and values for grouping and routing.';
COMMENT ON COLUMN alert_rules.muted_until IS 'Until then the rule opens incidents and notifies nobody.';
