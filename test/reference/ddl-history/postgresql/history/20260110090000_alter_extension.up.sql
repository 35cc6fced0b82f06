-- bfm: schema=ddl_history

ALTER EXTENSION hstore UPDATE TO '1.8';

ALTER EXTENSION hstore SET SCHEMA ddl_history_archive;

ALTER EXTENSION hstore ADD FUNCTION hstore_size(ddl_history_archive.hstore);

ALTER EXTENSION hstore DROP FUNCTION ddl_history_archive.tconvert(text, text);

DROP FUNCTION ddl_history_archive.tconvert(text, text);
