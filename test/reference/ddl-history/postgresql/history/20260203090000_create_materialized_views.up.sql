-- bfm: schema=ddl_history

CREATE MATERIALIZED VIEW totals (customer_id, total)
USING heap
WITH (fillfactor = 95)
TABLESPACE ddl_cluster_space
AS SELECT customer_id, sum(total) FROM orders GROUP BY customer_id
WITH NO DATA;

CREATE MATERIALIZED VIEW years AS SELECT DISTINCT extract(year FROM placed_at) AS year FROM orders;

CREATE UNIQUE INDEX totals_customer_id_key ON totals (customer_id);

REFRESH MATERIALIZED VIEW totals;

REFRESH MATERIALIZED VIEW CONCURRENTLY totals WITH DATA;

ALTER MATERIALIZED VIEW totals SET TABLESPACE pg_default;

ALTER MATERIALIZED VIEW totals ALTER COLUMN total SET STATISTICS 300;

ALTER MATERIALIZED VIEW totals CLUSTER ON totals_customer_id_key;

ALTER MATERIALIZED VIEW totals RENAME COLUMN total TO amount;

ALTER MATERIALIZED VIEW years RENAME TO order_years;

ALTER MATERIALIZED VIEW order_years OWNER TO ddl_cluster_owner;

ALTER MATERIALIZED VIEW order_years SET SCHEMA ddl_history_archive;

ALTER MATERIALIZED VIEW ALL IN TABLESPACE ddl_cluster_space SET TABLESPACE pg_default;

ALTER MATERIALIZED VIEW ddl_history_archive.order_years DEPENDS ON EXTENSION hstore;

COMMENT ON MATERIALIZED VIEW totals IS 'As of the last night.';
