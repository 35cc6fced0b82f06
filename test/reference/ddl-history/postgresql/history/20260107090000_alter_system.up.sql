-- bfm: schema=ddl_history
-- bfm: transaction=none

-- Nobody reloads the configuration, so that no server behaves any differently for it.
ALTER SYSTEM SET log_min_duration_sample = '11h';

GRANT SET, ALTER SYSTEM ON PARAMETER log_min_duration_sample TO ddl_cluster_owner;
