DROP VIEW unresolved_incidents;
