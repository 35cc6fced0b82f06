ALTER SEQUENCE orders_order_id_seq OWNED BY orders.order_id;

ALTER TABLE orders ALTER COLUMN order_id SET DEFAULT nextval('orders_order_id_seq');

ALTER TABLE customers
  ALTER COLUMN customer_id SET INCREMENT BY 1 SET GENERATED ALWAYS;

ALTER TABLE customers
  ALTER COLUMN account_number DROP IDENTITY;

-- A column cannot become a generated one: it is made anew, and so are those after it, to keep their order.
ALTER TABLE customers
  DROP COLUMN initials,
  DROP COLUMN picture,
  DROP COLUMN notes,
  ALTER COLUMN email RESET (n_distinct),
  ALTER COLUMN email SET STATISTICS -1,
  DROP COLUMN account_number,
  DROP COLUMN stars,
  DROP COLUMN phone;

ALTER TABLE customers
  ADD COLUMN initials text GENERATED ALWAYS AS (left(name, 2)) STORED,
  ADD COLUMN picture bytea,
  ADD COLUMN notes text COMPRESSION pglz;

ALTER TABLE customers ALTER COLUMN picture SET STORAGE EXTERNAL;
