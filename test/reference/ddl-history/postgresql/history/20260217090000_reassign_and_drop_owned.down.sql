DROP TABLE legacy;

DROP ROLE ddl_cluster_heir;
