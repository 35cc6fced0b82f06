-- bfm: depends-on=organization/add_incident_event_rule, organization/index_incident_events_without_rule
-- bfm: tags=tier=standard, team=alerting
-- bfm: batch=500, lock-timeout=2s
-- bfm: verify=SELECT NOT EXISTS (SELECT FROM incident_events WHERE alert_rule_id IS NULL)

UPDATE incident_events
SET alert_rule_id = incidents.alert_rule_id
FROM incidents
WHERE incidents.incident_id = incident_events.incident_id
  AND incident_events.incident_event_id IN (
    SELECT unfilled.incident_event_id
    FROM incident_events AS unfilled
    WHERE unfilled.alert_rule_id IS NULL
    ORDER BY unfilled.incident_event_id
    LIMIT :batch
  );
