-- bfm: schema=ddl_history
-- bfm: transaction=none

-- A folder inside the data directory; the database of the test allows it.
CREATE TABLESPACE ddl_cluster_disk LOCATION '';
