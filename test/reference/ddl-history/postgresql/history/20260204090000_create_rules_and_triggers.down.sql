DROP TRIGGER orders_check_later ON orders;

DROP TRIGGER open_orders_insert ON open_orders;

DROP TRIGGER orders_refuse_truncate ON orders;

DROP TRIGGER orders_watch ON orders;

DROP TRIGGER orders_touch ON orders;

DROP FUNCTION look();

DROP FUNCTION touch();

DROP RULE tell_of_people ON people;

DROP RULE keep_customers ON customers;
