-- bfm: transaction=none

DROP TABLESPACE ddl_cluster_disk;
