-- bfm: schema=ddl_history

ALTER TABLE orders
  DROP CONSTRAINT orders_one_a_moment_excl,
  ADD CONSTRAINT orders_year_check CHECK (placed_at >= '2020-01-01') NOT VALID,
  ADD CONSTRAINT orders_gift_check CHECK (gift_for <> customer_id),
  ALTER CONSTRAINT orders_previous_id_fkey NOT DEFERRABLE;

ALTER TABLE orders VALIDATE CONSTRAINT orders_year_check;

ALTER TABLE orders RENAME CONSTRAINT orders_gift_check TO orders_gift_is_for_another_check;

CREATE UNIQUE INDEX orders_customer_moment_key ON orders (customer_id, placed_at);

ALTER TABLE orders
  ADD CONSTRAINT orders_moment_key UNIQUE USING INDEX orders_customer_moment_key;

ALTER TABLE recent_orders
  ALTER COLUMN order_id SET NOT NULL,
  ADD PRIMARY KEY (order_id);

ALTER TABLE recent_orders
  ADD CONSTRAINT recent_orders_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
