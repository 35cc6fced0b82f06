DROP VIEW slo_status;
