-- bfm: depends-on=organization/check_incident_event_rules
-- bfm: tags=tier=standard, team=alerting
-- bfm: lock-timeout=2s
-- bfm: verify=SELECT attnotnull FROM pg_attribute WHERE attrelid = 'incident_events'::regclass AND attname = 'alert_rule_id'

ALTER TABLE incident_events
  VALIDATE CONSTRAINT incident_events_alert_rule_id_check;

-- The validated check spares SET NOT NULL its look at every row under the strongest lock.
ALTER TABLE incident_events
  ALTER COLUMN alert_rule_id SET NOT NULL;

ALTER TABLE incident_events
  DROP CONSTRAINT incident_events_alert_rule_id_check;
