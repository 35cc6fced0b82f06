-- bfm: schema=ddl_history

CREATE FUNCTION keep_longest(text, text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length($2) > length($1) THEN $2 ELSE $1 END;

CREATE AGGREGATE longest(text) (
  SFUNC = keep_longest, STYPE = text, COMBINEFUNC = keep_longest, PARALLEL = safe
);

CREATE AGGREGATE running_total(integer) (
  SFUNC = int4pl, STYPE = integer, INITCOND = '0',
  MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '0'
);

CREATE AGGREGATE last_percentile(float8 ORDER BY float8) (
  SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA
);

CREATE OR REPLACE AGGREGATE longest(text) (
  SFUNC = keep_longest, STYPE = text, INITCOND = '', PARALLEL = restricted
);

ALTER AGGREGATE running_total(integer) RENAME TO total;

ALTER AGGREGATE total(integer) OWNER TO ddl_cluster_owner;

ALTER AGGREGATE total(integer) SET SCHEMA ddl_history_archive;

COMMENT ON AGGREGATE longest(text) IS 'The first of the longest texts.';

CREATE CAST (integer AS mood) WITH INOUT;

CREATE FUNCTION address_to_text(address) RETURNS text
LANGUAGE sql STABLE
RETURN ($1).street || ', ' || ($1).town;

CREATE CAST (address AS text) WITH FUNCTION address_to_text(address) AS ASSIGNMENT;

CREATE CAST (label AS text) WITHOUT FUNCTION AS IMPLICIT;

COMMENT ON CAST (address AS text) IS 'As on an envelope.';
