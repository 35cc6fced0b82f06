-- bfm: depends-on=core/create_environments
-- bfm: tags=tier=standard, team=platform

CREATE FUNCTION create_month_partitions(parent regclass, first_month date, month_count integer)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
DECLARE
  parent_schema text;
  parent_name text;
  month_start date;
  partition_name text;
  made integer := 0;
BEGIN
  SELECT namespaces.nspname, relations.relname
  INTO parent_schema, parent_name
  FROM pg_class AS relations
  JOIN pg_namespace AS namespaces ON namespaces.oid = relations.relnamespace
  WHERE relations.oid = parent AND relations.relkind = 'p';

  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not a partitioned table', parent
      USING ERRCODE = 'wrong_object_type';
  END IF;

  FOR month_offset IN 0 .. month_count - 1 LOOP
    month_start := date_trunc('month', first_month::timestamp) + make_interval(months => month_offset);
    partition_name := format('%s_%s', parent_name, to_char(month_start, 'YYYY_MM'));

    IF to_regclass(format('%I.%I', parent_schema, partition_name)) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
        parent_schema, partition_name, parent, month_start, (month_start + interval '1 month')::date
      );
      made := made + 1;
    END IF;
  END LOOP;

  RETURN made;
END;
$$;

COMMENT ON FUNCTION create_month_partitions(regclass, date, integer) IS
  'Makes the partitions, one a month, that a table partitioned by a date still lacks, and tells how many it made. '
  'The maintenance job calls it every week for the months ahead.';
