-- bfm: schema=ddl_history
-- bfm: transaction=none

CREATE DATABASE ddl_cluster_database OWNER ddl_cluster_owner TEMPLATE template0;

ALTER DATABASE ddl_cluster_database SET TABLESPACE ddl_cluster_space;
