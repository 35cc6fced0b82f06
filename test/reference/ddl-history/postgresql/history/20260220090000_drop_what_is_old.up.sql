-- bfm: schema=ddl_history

DROP VIEW IF EXISTS never_made;

DROP TABLE legacy, special_orders RESTRICT;

DROP MATERIALIZED VIEW totals;

DROP INDEX orders_placed_at_idx;

DROP FUNCTION IF EXISTS never_made(integer, text), in_diary() CASCADE;

DROP TYPE announced;
