-- bfm: depends-on=organization/backfill_incident_event_rules
-- bfm: tags=tier=standard, team=alerting
-- bfm: lock-timeout=2s

ALTER TABLE incident_events
  ADD CONSTRAINT incident_events_alert_rule_id_check CHECK (alert_rule_id IS NOT NULL) NOT VALID;
