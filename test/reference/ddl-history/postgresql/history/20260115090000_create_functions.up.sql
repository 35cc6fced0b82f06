-- bfm: schema=ddl_history

CREATE FUNCTION add_tax(amount numeric, rate numeric DEFAULT 0.19, OUT gross numeric)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
  SELECT amount * (1 + rate);
END;

CREATE FUNCTION words_of(VARIADIC texts text[]) RETURNS SETOF text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  one text; -- a semicolon in a comment; and a quote's half
BEGIN
  FOREACH one IN ARRAY texts LOOP
    RETURN QUERY SELECT regexp_split_to_table(one, E'[;\\s]+');
  END LOOP;
END;
$$;

CREATE FUNCTION pairs(up_to integer) RETURNS TABLE (a integer, b integer)
LANGUAGE sql STABLE ROWS 10
AS 'SELECT n, n + 1 FROM generate_series(1, up_to) AS n';

CREATE OR REPLACE FUNCTION pairs(up_to integer) RETURNS TABLE (a integer, b integer)
LANGUAGE sql STABLE ROWS 20
AS 'SELECT n, n * 2 FROM generate_series(1, up_to) AS n';

CREATE PROCEDURE count_up(INOUT counter integer)
LANGUAGE plpgsql
AS $body$
BEGIN
  counter := counter + 1;
END
$body$;

CREATE PROCEDURE nothing()
LANGUAGE sql
BEGIN ATOMIC END;

CALL count_up(41);

COMMENT ON FUNCTION add_tax(numeric, numeric) IS 'Gross of a net amount.';

COMMENT ON PROCEDURE count_up(integer) IS 'One more.';

COMMENT ON ROUTINE pairs(integer) IS 'Numbers and their doubles.';
