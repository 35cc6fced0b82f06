-- bfm: schema=ddl_history
-- bfm: transaction=none

CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS people_street_country_key ON people (street, country);

DROP INDEX CONCURRENTLY customers_email_idx;

DROP INDEX CONCURRENTLY IF EXISTS never_made_idx;

REINDEX INDEX CONCURRENTLY orders_pkey;

REINDEX (CONCURRENTLY) TABLE people;
