-- bfm: schema=ddl_history

CREATE VIEW open_orders (number, customer, total)
WITH (security_barrier = true)
AS SELECT order_id, customer_id, total FROM orders WHERE total = 0
WITH LOCAL CHECK OPTION;

CREATE VIEW dear_orders AS SELECT order_id AS number, total FROM orders WHERE total > 100 WITH CASCADED CHECK OPTION;

CREATE OR REPLACE VIEW dear_orders WITH (security_invoker = true) AS
SELECT order_id AS number, total, placed_at FROM orders WHERE total > 200;

CREATE RECURSIVE VIEW countdown (n) AS
VALUES (10) UNION ALL SELECT n - 1 FROM countdown WHERE n > 0;

CREATE TEMPORARY VIEW passing_view AS TABLE orders;

ALTER VIEW open_orders ALTER COLUMN total SET DEFAULT 0;

ALTER VIEW open_orders SET (security_barrier = false, security_invoker = true);

ALTER VIEW open_orders RESET (security_barrier);

ALTER VIEW open_orders RENAME COLUMN number TO order_number;

ALTER VIEW dear_orders RENAME TO expensive_orders;

ALTER VIEW expensive_orders OWNER TO ddl_cluster_owner;

ALTER VIEW countdown SET SCHEMA ddl_history_archive;

COMMENT ON VIEW open_orders IS 'Not paid yet.';

COMMENT ON COLUMN open_orders.customer IS 'Who will pay.';

DROP VIEW passing_view;
