-- bfm: transaction=none

CREATE INDEX CONCURRENTLY customers_email_idx ON customers USING hash (email);

DROP INDEX CONCURRENTLY people_street_country_key;

DROP INDEX CONCURRENTLY orders_customer_id_idx;
