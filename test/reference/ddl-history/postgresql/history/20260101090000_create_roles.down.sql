DROP GROUP ddl_cluster_team;

DROP USER ddl_cluster_reader;

DROP ROLE ddl_cluster_owner;
