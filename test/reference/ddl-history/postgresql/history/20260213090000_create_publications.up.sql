-- bfm: schema=ddl_history

CREATE PUBLICATION ddl_history_some
  FOR TABLE ONLY orders (order_id, customer_id, placed_at, total) WHERE (order_id > 5), ONLY parcels
  WITH (publish = 'insert, delete');

CREATE PUBLICATION ddl_history_archived FOR TABLES IN SCHEMA ddl_history_archive;

CREATE PUBLICATION ddl_history_empty WITH (publish_via_partition_root = true);

ALTER PUBLICATION ddl_history_empty ADD TABLE measurements;

ALTER PUBLICATION ddl_history_some SET (publish = 'insert');

ALTER PUBLICATION ddl_history_some DROP TABLE ONLY parcels;

ALTER PUBLICATION ddl_history_archived ADD TABLE people;

ALTER PUBLICATION ddl_history_empty SET TABLE people;

ALTER PUBLICATION ddl_history_empty RENAME TO ddl_history_people;

-- A publication of whole schemas can only be a superuser's.
ALTER PUBLICATION ddl_history_people OWNER TO CURRENT_USER;

COMMENT ON PUBLICATION ddl_history_some IS 'Orders from the sixth on.';

CREATE PUBLICATION ddl_history_everything FOR ALL TABLES WITH (publish = 'insert');
