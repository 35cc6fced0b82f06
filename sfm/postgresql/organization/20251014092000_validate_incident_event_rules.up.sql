-- bfm: depends-on=organization/link_incident_event_rules
-- bfm: tags=tier=standard, team=alerting

ALTER TABLE incident_events
  VALIDATE CONSTRAINT incident_events_incident_rule_fkey;
