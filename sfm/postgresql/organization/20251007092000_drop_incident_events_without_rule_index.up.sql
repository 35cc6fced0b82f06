-- bfm: depends-on=organization/index_incident_events_without_rule, organization/require_incident_event_rules
-- bfm: tags=tier=standard, team=alerting
-- bfm: transaction=none

DROP INDEX CONCURRENTLY incident_events_without_rule_idx;
