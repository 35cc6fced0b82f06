-- bfm: transaction=none

CREATE INDEX CONCURRENTLY incident_events_without_rule_idx
  ON incident_events (incident_event_id)
  WHERE alert_rule_id IS NULL;
