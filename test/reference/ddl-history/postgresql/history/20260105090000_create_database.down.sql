-- bfm: transaction=none

DROP DATABASE ddl_cluster_database WITH (FORCE);
