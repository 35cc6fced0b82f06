-- There is no way back to an older version but to begin anew.
DROP EXTENSION hstore;

CREATE EXTENSION hstore SCHEMA ddl_history VERSION '1.4';

CREATE FUNCTION hstore_size(hstore) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN array_length(akeys($1), 1);

COMMENT ON EXTENSION hstore IS 'Labels, from before there was jsonb.';
