-- bfm: schema=ddl_history

ALTER DATABASE ddl_cluster_database RENAME TO ddl_cluster_reports;

ALTER DATABASE ddl_cluster_reports OWNER TO CURRENT_USER;

ALTER DATABASE ddl_cluster_reports CONNECTION LIMIT 3;

ALTER DATABASE ddl_cluster_reports SET default_transaction_read_only = on;

ALTER DATABASE ddl_cluster_reports REFRESH COLLATION VERSION;

ALTER ROLE ddl_cluster_reader IN DATABASE ddl_cluster_reports SET work_mem = '8MB';

COMMENT ON DATABASE ddl_cluster_reports IS 'Where reports are written.';

GRANT CREATE, TEMPORARY ON DATABASE ddl_cluster_reports TO ddl_cluster_crew;
