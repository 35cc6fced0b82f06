-- bfm: transaction=none

DROP INDEX CONCURRENTLY incident_events_without_rule_idx;
