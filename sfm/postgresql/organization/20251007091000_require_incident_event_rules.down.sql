-- bfm: lock-timeout=2s

ALTER TABLE incident_events
  ALTER COLUMN alert_rule_id DROP NOT NULL,
  ADD CONSTRAINT incident_events_alert_rule_id_check CHECK (alert_rule_id IS NOT NULL) NOT VALID;
