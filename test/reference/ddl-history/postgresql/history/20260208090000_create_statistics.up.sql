-- bfm: schema=ddl_history

CREATE STATISTICS orders_stats (ndistinct, dependencies, mcv) ON customer_id, placed_at FROM orders;

CREATE STATISTICS orders_month ON (date_trunc('month', placed_at AT TIME ZONE 'UTC')) FROM orders;

CREATE STATISTICS orders_default_stats ON customer_id, gift_for, total FROM orders;

ALTER STATISTICS orders_stats SET STATISTICS 400;

ALTER STATISTICS orders_month RENAME TO orders_months;

ALTER STATISTICS orders_months OWNER TO ddl_cluster_owner;

ALTER STATISTICS orders_default_stats SET SCHEMA ddl_history_archive;

COMMENT ON STATISTICS orders_stats IS 'Customers have their days.';
