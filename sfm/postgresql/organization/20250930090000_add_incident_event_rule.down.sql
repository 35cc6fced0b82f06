DROP TRIGGER incident_events_copy_alert_rule ON incident_events;

DROP FUNCTION copy_alert_rule_to_incident_event();

ALTER TABLE incident_events
  DROP COLUMN alert_rule_id;
