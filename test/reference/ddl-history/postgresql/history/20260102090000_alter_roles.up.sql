-- bfm: schema=ddl_history

ALTER ROLE ddl_cluster_owner WITH CREATEDB INHERIT;

ALTER USER ddl_cluster_reader SET statement_timeout = '1min';

ALTER GROUP ddl_cluster_team DROP USER ddl_cluster_reader;

ALTER GROUP ddl_cluster_team RENAME TO ddl_cluster_crew;

REVOKE ADMIN OPTION FOR ddl_cluster_crew FROM ddl_cluster_owner;
