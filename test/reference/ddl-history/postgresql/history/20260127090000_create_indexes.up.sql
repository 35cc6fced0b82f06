-- bfm: schema=ddl_history

CREATE UNIQUE INDEX customers_name_key ON customers (lower(name) COLLATE "C" text_pattern_ops DESC NULLS LAST)
  NULLS NOT DISTINCT WHERE email IS NOT NULL;

CREATE INDEX ON customers USING hash (email);

CREATE INDEX orders_placed_at_idx ON orders USING brin (placed_at) WITH (pages_per_range = 64, autosummarize = on);

CREATE INDEX sessions_payload_idx ON sessions USING gin (payload jsonb_path_ops) WITH (fastupdate = off);

CREATE INDEX people_street_idx ON people USING spgist (street) TABLESPACE ddl_cluster_space;

CREATE INDEX orders_span_idx ON orders USING gist (tstzrange(placed_at, placed_at, '[]'));

CREATE INDEX orders_length_idx ON orders (order_id) INCLUDE (total) WITH (deduplicate_items = off);

CREATE INDEX IF NOT EXISTS orders_length_idx ON orders (total);

CREATE INDEX recent_orders_idx ON ddl_history_archive.recent_orders (placed_at);

ALTER INDEX orders_length_idx RENAME TO orders_total_idx;

ALTER INDEX orders_total_idx SET (fillfactor = 60);

ALTER INDEX orders_total_idx RESET (deduplicate_items);

ALTER INDEX people_street_idx SET TABLESPACE pg_default;

ALTER INDEX orders_span_idx ALTER COLUMN 1 SET STATISTICS 200;

ALTER INDEX ALL IN TABLESPACE ddl_cluster_space SET TABLESPACE pg_default;

ALTER INDEX orders_span_idx DEPENDS ON EXTENSION hstore;

COMMENT ON INDEX orders_total_idx IS 'For the sums of the month.';

REINDEX (VERBOSE) TABLE customers;

REINDEX INDEX orders_total_idx;

CLUSTER recent_orders_idx ON ddl_history_archive.recent_orders;
