-- bfm: batch=500, lock-timeout=2s

-- Events written in the meantime got their rule from the trigger and lose it as well; nothing read it before.
UPDATE incident_events
SET alert_rule_id = NULL
WHERE incident_event_id IN (
  SELECT filled.incident_event_id
  FROM incident_events AS filled
  WHERE filled.alert_rule_id IS NOT NULL
  ORDER BY filled.incident_event_id
  LIMIT :batch
);
