-- bfm: schema=ddl_history

ALTER TABLE sessions SET LOGGED;

ALTER TABLE recent_orders SET UNLOGGED;

ALTER TABLE sessions SET TABLESPACE pg_default;

ALTER TABLE big_orders SET TABLESPACE ddl_cluster_space;

ALTER TABLE sessions SET (fillfactor = 70, autovacuum_vacuum_threshold = 100);

ALTER TABLE customers RESET (fillfactor);

ALTER TABLE people NOT OF;

-- Has done nothing since PostgreSQL 12.
ALTER TABLE parcels SET WITHOUT OIDS;

ALTER TABLE fragile_parcels INHERIT parcels;

ALTER TABLE big_orders RENAME TO large_orders;

ALTER TABLE large_orders OWNER TO ddl_cluster_owner;

ALTER TABLE recent_orders SET SCHEMA ddl_history_archive;

ALTER TABLE orders_draft REPLICA IDENTITY FULL;

ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_moment_key;

ALTER TABLE orders_draft CLUSTER ON orders_draft_pkey;

ALTER TABLE customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Moves what is still there; nothing else uses the tablespace.
ALTER TABLE ALL IN TABLESPACE ddl_cluster_space SET TABLESPACE pg_default;
