-- bfm: transaction=none

REVOKE SET, ALTER SYSTEM ON PARAMETER log_min_duration_sample FROM ddl_cluster_owner;

ALTER SYSTEM RESET log_min_duration_sample;
