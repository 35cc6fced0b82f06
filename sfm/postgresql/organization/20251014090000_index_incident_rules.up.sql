-- bfm: depends-on=organization/require_incident_event_rules
-- bfm: tags=tier=standard, team=alerting
-- bfm: transaction=none

CREATE UNIQUE INDEX CONCURRENTLY incidents_incident_id_alert_rule_id_key
  ON incidents (incident_id, alert_rule_id);

CREATE INDEX CONCURRENTLY incident_events_alert_rule_id_idx
  ON incident_events (alert_rule_id, incident_event_id DESC);
