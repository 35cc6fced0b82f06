-- bfm: schema=ddl_history
-- bfm: transaction=none

VACUUM (ANALYZE) orders;

VACUUM FULL ddl_history_archive.recent_orders;

ANALYZE customers (name, email);

REINDEX SCHEMA ddl_history_archive;

CLUSTER ddl_history_archive.recent_orders USING recent_orders_idx;

CLUSTER;

CHECKPOINT;
