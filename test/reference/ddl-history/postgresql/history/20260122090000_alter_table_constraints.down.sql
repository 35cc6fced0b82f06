ALTER TABLE recent_orders
  DROP CONSTRAINT recent_orders_order_id_fkey,
  DROP CONSTRAINT recent_orders_pkey,
  ALTER COLUMN order_id DROP NOT NULL;

ALTER TABLE orders
  DROP CONSTRAINT orders_moment_key,
  DROP CONSTRAINT orders_gift_is_for_another_check,
  DROP CONSTRAINT orders_year_check,
  ALTER CONSTRAINT orders_previous_id_fkey DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT orders_one_a_moment_excl EXCLUDE USING btree (customer_id WITH =, placed_at WITH =);
