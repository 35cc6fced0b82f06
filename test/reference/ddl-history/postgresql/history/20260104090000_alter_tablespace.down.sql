REVOKE CREATE ON TABLESPACE ddl_cluster_space FROM ddl_cluster_crew;

COMMENT ON TABLESPACE ddl_cluster_space IS NULL;

ALTER TABLESPACE ddl_cluster_space RESET (random_page_cost);

ALTER TABLESPACE ddl_cluster_space OWNER TO CURRENT_USER;

ALTER TABLESPACE ddl_cluster_space RENAME TO ddl_cluster_disk;
