-- bfm: depends-on=organization/index_incident_rules, organization/require_incident_event_rules
-- bfm: tags=tier=standard, team=alerting
-- bfm: lock-timeout=2s

-- The index was built without holding anybody up; becoming a constraint takes a moment.
ALTER TABLE incidents
  ADD CONSTRAINT incidents_incident_id_alert_rule_id_key UNIQUE USING INDEX incidents_incident_id_alert_rule_id_key;

ALTER TABLE incident_events
  ADD CONSTRAINT incident_events_incident_rule_fkey
  FOREIGN KEY (incident_id, alert_rule_id)
  REFERENCES incidents (incident_id, alert_rule_id) ON DELETE CASCADE NOT VALID;

COMMENT ON CONSTRAINT incident_events_incident_rule_fkey ON incident_events IS
  'The copied rule cannot disagree with the rule of the incident.';
