-- A constraint cannot be made unchecked again, so it is replaced by the one that stood before.
ALTER TABLE incident_events
  DROP CONSTRAINT incident_events_incident_rule_fkey;

ALTER TABLE incident_events
  ADD CONSTRAINT incident_events_incident_rule_fkey
  FOREIGN KEY (incident_id, alert_rule_id)
  REFERENCES incidents (incident_id, alert_rule_id) ON DELETE CASCADE NOT VALID;

COMMENT ON CONSTRAINT incident_events_incident_rule_fkey ON incident_events IS
  'The copied rule cannot disagree with the rule of the incident.';
