DROP INDEX ddl_history_archive.recent_orders_idx;

DROP INDEX orders_total_idx, orders_span_idx;

DROP INDEX people_street_idx;

DROP INDEX sessions_payload_idx;

DROP INDEX orders_placed_at_idx;

DROP INDEX customers_email_idx;

DROP INDEX customers_name_key;
