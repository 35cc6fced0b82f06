ALTER TABLE customers ENABLE RULE keep_customers;

ALTER TABLE people ENABLE REPLICA RULE tell_of_people;

ALTER TABLE people ENABLE RULE tell_of_people;

ALTER TABLE large_orders ENABLE TRIGGER USER;

ALTER TABLE customers ENABLE TRIGGER ALL;

ALTER TABLE orders ENABLE TRIGGER orders_check_later;

ALTER TABLE orders ENABLE TRIGGER orders_watch;

ALTER TABLE orders ENABLE TRIGGER orders_touch;
