-- bfm: schema=ddl_history

CREATE TABLE customers (
  customer_id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10) PRIMARY KEY,
  name text NOT NULL CONSTRAINT customers_name_check CHECK (name <> '') NO INHERIT,
  email text COLLATE bytewise UNIQUE NULLS NOT DISTINCT,
  home address,
  feeling mood DEFAULT 'low',
  sticker label,
  initials text GENERATED ALWAYS AS (left(name, 2)) STORED,
  picture bytea,
  notes text COMPRESSION pglz
) WITH (fillfactor = 80, autovacuum_enabled = off, toast.autovacuum_enabled = off);

ALTER TABLE customers ALTER COLUMN picture SET STORAGE EXTERNAL;

CREATE TABLE orders (
  order_id serial,
  customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE ON UPDATE RESTRICT,
  previous_id integer,
  gift_for bigint,
  placed_at timestamptz NOT NULL DEFAULT now(),
  total numeric(10, 2) NOT NULL DEFAULT 0,
  CONSTRAINT orders_pkey PRIMARY KEY (order_id) INCLUDE (placed_at) WITH (fillfactor = 90) USING INDEX TABLESPACE pg_default,
  CONSTRAINT orders_previous_id_fkey
    FOREIGN KEY (previous_id) REFERENCES orders (order_id) MATCH SIMPLE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT orders_gift_for_fkey
    FOREIGN KEY (gift_for) REFERENCES customers ON DELETE SET NULL (gift_for),
  CONSTRAINT orders_total_check CHECK (total >= 0),
  CONSTRAINT orders_one_a_moment_excl EXCLUDE USING btree (customer_id WITH =, placed_at WITH =)
);

CREATE TABLE people OF address (PRIMARY KEY (street), country WITH OPTIONS DEFAULT 'nowhere');

CREATE UNLOGGED TABLE sessions (session_id uuid, payload jsonb) USING heap TABLESPACE ddl_cluster_space;

CREATE TABLE orders_draft (LIKE orders INCLUDING ALL EXCLUDING IDENTITY);

CREATE TABLE special_orders (surcharge numeric) INHERITS (orders);

CREATE TABLE parcels (weight numeric, CONSTRAINT parcels_weight_check CHECK (weight > 0));

CREATE TABLE fragile_parcels (care text, LIKE parcels INCLUDING CONSTRAINTS);

CREATE TEMPORARY TABLE passing (n integer) ON COMMIT DROP;

CREATE TABLE IF NOT EXISTS customers (never_made integer);

CREATE TABLE big_orders AS SELECT order_id, total FROM orders WHERE total > 1000 WITH NO DATA;

SELECT order_id, placed_at INTO recent_orders FROM orders WHERE placed_at > '2026-01-01';

COMMENT ON TABLE customers IS 'Who buys.';

COMMENT ON COLUMN customers.feeling IS 'When last asked.';

COMMENT ON CONSTRAINT orders_total_check ON orders IS 'Nobody is paid for taking something.';
