-- bfm: schema=ddl_history

CREATE RULE keep_customers AS ON DELETE TO customers WHERE old.name = 'us' DO INSTEAD NOTHING;

CREATE OR REPLACE RULE log_people AS ON INSERT TO people DO ALSO (NOTIFY people_changed; NOTIFY people_grew);

ALTER RULE log_people ON people RENAME TO tell_of_people;

COMMENT ON RULE keep_customers ON customers IS 'We stay.';

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;

CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;

CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE OF total ON orders
  FOR EACH ROW WHEN (new.total > 5) EXECUTE FUNCTION touch('a', 'b');

CREATE TRIGGER orders_look AFTER UPDATE ON orders
  REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE PROCEDURE look();

CREATE TRIGGER orders_refuse_truncate BEFORE TRUNCATE ON orders EXECUTE FUNCTION look();

CREATE TRIGGER open_orders_insert INSTEAD OF INSERT ON open_orders FOR EACH ROW EXECUTE FUNCTION look();

CREATE CONSTRAINT TRIGGER orders_check_later AFTER INSERT ON orders FROM customers
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look();

CREATE OR REPLACE TRIGGER orders_touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();

ALTER TRIGGER orders_look ON orders RENAME TO orders_watch;

ALTER TRIGGER orders_watch ON orders DEPENDS ON EXTENSION hstore;

COMMENT ON TRIGGER orders_touch ON orders IS 'Before anything is stored.';
