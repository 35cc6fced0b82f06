import type { RequiredObject } from '@bfm/engine';
import type pg from 'pg';

// Positions count from 1.
const MISSING = `
SELECT w.position::int AS position
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(schema_name, table_name, position)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
LEFT JOIN pg_catalog.pg_class c
  ON c.relnamespace = n.oid AND c.relname = w.table_name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
WHERE n.oid IS NULL OR (w.table_name IS NOT NULL AND c.oid IS NULL)
ORDER BY w.position`;

/** Which required tables (any kind of relation) and schemas do not exist, with one query. Names are compared exactly. */
export async function missingRequirements(
  client: pg.ClientBase,
  required: readonly RequiredObject[],
): Promise<readonly RequiredObject[]> {
  const found = await client.query<{ position: number }>(MISSING, [
    required.map(({ schema }) => schema),
    required.map(({ table }) => table),
  ]);
  return found.rows.map(({ position }) => required[position - 1]).filter((missing) => missing !== undefined);
}
