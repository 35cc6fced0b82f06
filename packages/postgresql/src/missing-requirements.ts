import type { Requirements, SchemaName } from '@bfm/core';
import type pg from 'pg';

const MISSING_TABLES = `
SELECT w.schema_name || '.' || w.table_name AS missing
FROM unnest($1::text[], $2::text[]) AS w(schema_name, table_name)
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = w.schema_name AND c.relname = w.table_name AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))`;

const MISSING_SCHEMAS = `
SELECT w.schema_name AS missing FROM unnest($1::text[]) AS w(schema_name)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = w.schema_name)`;

/** Which required tables (any kind of relation) and schemas do not exist. Names are compared exactly. */
export async function missingRequirements(
  client: pg.ClientBase,
  requires: Requirements,
  schema: SchemaName,
): Promise<readonly string[]> {
  const tables = await client.query<{ missing: string }>(MISSING_TABLES, [
    requires.tables.map((table) => table.schema ?? schema),
    requires.tables.map(({ table }) => table),
  ]);
  const schemas = await client.query<{ missing: string }>(MISSING_SCHEMAS, [requires.schemas]);
  return [...tables.rows, ...schemas.rows].map(({ missing }) => missing);
}
