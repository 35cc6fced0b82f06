DROP FUNCTION hstore_size(hstore);

DROP EXTENSION hstore;
