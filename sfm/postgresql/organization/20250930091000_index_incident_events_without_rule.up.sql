-- bfm: depends-on=organization/add_incident_event_rule
-- bfm: tags=tier=standard, team=alerting
-- bfm: transaction=none

-- Only for the backfill: it shrinks with every batch, so that the last one is found as fast as the first.
CREATE INDEX CONCURRENTLY incident_events_without_rule_idx
  ON incident_events (incident_event_id)
  WHERE alert_rule_id IS NULL;
