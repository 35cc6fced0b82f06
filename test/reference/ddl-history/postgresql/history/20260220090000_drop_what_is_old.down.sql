CREATE TYPE announced;

CREATE FUNCTION in_diary() RETURNS integer LANGUAGE pldiary AS 'BEGIN RETURN 1; END';

CREATE INDEX orders_placed_at_idx ON orders USING brin (placed_at) WITH (pages_per_range = 64, autosummarize = on);

CREATE MATERIALIZED VIEW totals (customer_id, amount)
USING heap
WITH (fillfactor = 95)
AS SELECT customer_id, sum(total) AS amount FROM orders GROUP BY customer_id;

CREATE UNIQUE INDEX totals_customer_id_key ON totals (customer_id);

ALTER MATERIALIZED VIEW totals ALTER COLUMN amount SET STATISTICS 300;

ALTER MATERIALIZED VIEW totals CLUSTER ON totals_customer_id_key;

COMMENT ON MATERIALIZED VIEW totals IS 'As of the last night.';

CREATE TABLE special_orders (surcharge numeric) INHERITS (orders);

CREATE TABLE legacy (n integer);

ALTER TABLE legacy OWNER TO ddl_cluster_heir;
