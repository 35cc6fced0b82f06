ALTER TABLE incident_events
  DROP CONSTRAINT incident_events_alert_rule_id_check;
