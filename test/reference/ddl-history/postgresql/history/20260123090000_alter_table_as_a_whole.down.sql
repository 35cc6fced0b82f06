ALTER TABLE customers DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;

ALTER TABLE orders_draft SET WITHOUT CLUSTER;

ALTER TABLE orders REPLICA IDENTITY DEFAULT;

ALTER TABLE orders_draft REPLICA IDENTITY DEFAULT;

ALTER TABLE ddl_history_archive.recent_orders SET SCHEMA ddl_history;

ALTER TABLE large_orders OWNER TO CURRENT_USER;

ALTER TABLE large_orders RENAME TO big_orders;

ALTER TABLE fragile_parcels NO INHERIT parcels;

ALTER TABLE people OF address;

ALTER TABLE customers SET (fillfactor = 80);

ALTER TABLE sessions RESET (fillfactor, autovacuum_vacuum_threshold);

ALTER TABLE sessions SET TABLESPACE ddl_cluster_space;

ALTER TABLE recent_orders SET LOGGED;

ALTER TABLE sessions SET UNLOGGED;
