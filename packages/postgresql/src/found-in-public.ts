import type { SchemaName } from '@bfm/core';
import type { FoundElsewhere, SearchedName } from '@bfm/engine';
import type pg from 'pg';

// Only what public has is looked for in every schema: usually that is nothing, and there may be thousands of schemas.
const FOUND = `
WITH name AS (
  SELECT * FROM unnest($1::text[], $2::text[]) AS w(kind, name)
), object AS (
  SELECT 'relation' AS kind, c.relname::text AS name, c.relnamespace AS namespace FROM pg_catalog.pg_class c
  WHERE c.relname = ANY ($2::text[])
  UNION ALL
  SELECT 'routine', p.proname::text, p.pronamespace FROM pg_catalog.pg_proc p WHERE p.proname = ANY ($2::text[])
  UNION ALL
  SELECT 'type', t.typname::text, t.typnamespace FROM pg_catalog.pg_type t WHERE t.typname = ANY ($2::text[])
), shared AS (
  SELECT DISTINCT kind, name FROM name JOIN object USING (kind, name)
  WHERE namespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'public')
)
SELECT shared.kind, shared.name, target.schema
FROM shared CROSS JOIN unnest($3::text[]) AS target(schema)
WHERE target.schema <> 'public' AND NOT EXISTS (
  SELECT FROM object JOIN pg_catalog.pg_namespace n ON n.oid = object.namespace
  WHERE object.kind = shared.kind AND object.name = shared.name AND n.nspname = target.schema)
ORDER BY 1, 2, 3`;

/** See the port: the names that a search path of the target's schema and `public` leads to `public`. */
export async function foundInPublic(
  client: pg.ClientBase,
  names: readonly SearchedName[],
  schemas: readonly SchemaName[],
): Promise<readonly FoundElsewhere[]> {
  const { rows } = await client.query<FoundElsewhere>(FOUND, [
    names.map(({ kind }) => kind),
    names.map(({ name }) => name),
    schemas,
  ]);
  return rows;
}
