DROP VIEW ddl_history_archive.countdown;

DROP VIEW expensive_orders, open_orders;
