-- bfm: schema=ddl_history

ALTER TABLESPACE ddl_cluster_disk RENAME TO ddl_cluster_space;

ALTER TABLESPACE ddl_cluster_space OWNER TO ddl_cluster_owner;

ALTER TABLESPACE ddl_cluster_space SET (random_page_cost = 1.1);

COMMENT ON TABLESPACE ddl_cluster_space IS 'Faster than the rest.';

GRANT CREATE ON TABLESPACE ddl_cluster_space TO ddl_cluster_crew;
