REVOKE CREATE, TEMPORARY ON DATABASE ddl_cluster_reports FROM ddl_cluster_crew;

COMMENT ON DATABASE ddl_cluster_reports IS NULL;

ALTER ROLE ddl_cluster_reader IN DATABASE ddl_cluster_reports RESET work_mem;

ALTER DATABASE ddl_cluster_reports RESET default_transaction_read_only;

ALTER DATABASE ddl_cluster_reports CONNECTION LIMIT -1;

ALTER DATABASE ddl_cluster_reports OWNER TO ddl_cluster_owner;

ALTER DATABASE ddl_cluster_reports RENAME TO ddl_cluster_database;
