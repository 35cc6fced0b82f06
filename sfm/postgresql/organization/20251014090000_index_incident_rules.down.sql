-- bfm: transaction=none

DROP INDEX CONCURRENTLY incident_events_alert_rule_id_idx;

DROP INDEX CONCURRENTLY incidents_incident_id_alert_rule_id_key;
