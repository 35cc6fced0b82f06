GRANT ddl_cluster_crew TO ddl_cluster_owner WITH ADMIN OPTION;

ALTER USER ddl_cluster_crew RENAME TO ddl_cluster_team;

ALTER GROUP ddl_cluster_team ADD USER ddl_cluster_reader;

ALTER USER ddl_cluster_reader RESET statement_timeout;

ALTER ROLE ddl_cluster_owner WITH NOCREATEDB;
