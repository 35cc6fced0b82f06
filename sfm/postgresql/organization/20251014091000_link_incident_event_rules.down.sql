ALTER TABLE incident_events
  DROP CONSTRAINT incident_events_incident_rule_fkey;

-- Dropping the constraint takes its index along, which stood before and was there to stay.
ALTER TABLE incidents
  DROP CONSTRAINT incidents_incident_id_alert_rule_id_key;

CREATE UNIQUE INDEX incidents_incident_id_alert_rule_id_key
  ON incidents (incident_id, alert_rule_id);
