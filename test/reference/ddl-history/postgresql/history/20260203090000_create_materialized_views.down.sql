DROP MATERIALIZED VIEW ddl_history_archive.order_years;

DROP MATERIALIZED VIEW totals;
