-- bfm: schema=ddl_history

ALTER TABLE orders DISABLE TRIGGER orders_touch;

ALTER TABLE orders ENABLE REPLICA TRIGGER orders_watch;

ALTER TABLE orders ENABLE ALWAYS TRIGGER orders_check_later;

ALTER TABLE customers DISABLE TRIGGER ALL;

ALTER TABLE large_orders DISABLE TRIGGER USER;

ALTER TABLE people DISABLE RULE tell_of_people;

ALTER TABLE customers ENABLE ALWAYS RULE keep_customers;
