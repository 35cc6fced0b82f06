DROP STATISTICS ddl_history_archive.orders_default_stats;

DROP STATISTICS orders_months, orders_stats;
