import type { SchemaName } from '@bfm/core';
import type { SchemaObject } from '@bfm/engine';
import type pg from 'pg';

// Names are compared as names, which the catalog has indexes for. A composite type is a relation, too, and is none here.
const FOUND = `
SELECT t.schema, string_agg(CASE WHEN CASE o.kind
  WHEN 'schema' THEN EXISTS (SELECT FROM pg_catalog.pg_namespace x WHERE x.nspname = o.name::name)
  WHEN 'extension' THEN EXISTS (SELECT FROM pg_catalog.pg_extension x WHERE x.extname = o.name::name)
  WHEN 'relation' THEN EXISTS (SELECT FROM pg_catalog.pg_class x
    WHERE x.relnamespace = n.oid AND x.relname = o.name::name AND x.relkind <> 'c')
  WHEN 'type' THEN EXISTS (SELECT FROM pg_catalog.pg_type x WHERE x.typnamespace = n.oid AND x.typname = o.name::name)
  WHEN 'routine' THEN EXISTS (SELECT FROM pg_catalog.pg_proc x WHERE x.pronamespace = n.oid AND x.proname = o.name::name)
  WHEN 'column' THEN EXISTS (SELECT FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute x ON x.attrelid = c.oid AND x.attname = o.name::name AND x.attnum > 0 AND NOT x.attisdropped
    WHERE c.relnamespace = n.oid AND c.relname = o.parent::name)
  WHEN 'constraint' THEN EXISTS (SELECT FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_constraint x ON x.conrelid = c.oid AND x.conname = o.name::name
    WHERE c.relnamespace = n.oid AND c.relname = o.parent::name)
  WHEN 'trigger' THEN EXISTS (SELECT FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_trigger x ON x.tgrelid = c.oid AND x.tgname = o.name::name
    WHERE c.relnamespace = n.oid AND c.relname = o.parent::name)
  WHEN 'policy' THEN EXISTS (SELECT FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_policy x ON x.polrelid = c.oid AND x.polname = o.name::name
    WHERE c.relnamespace = n.oid AND c.relname = o.parent::name)
  WHEN 'enum_value' THEN EXISTS (SELECT FROM pg_catalog.pg_type c
    JOIN pg_catalog.pg_enum x ON x.enumtypid = c.oid AND x.enumlabel = o.name::name
    WHERE c.typnamespace = n.oid AND c.typname = o.parent::name)
  ELSE false END THEN '1' ELSE '0' END, '' ORDER BY o.position) AS found
FROM unnest($5::text[]) AS t(schema)
CROSS JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS o(kind, schema, parent, name, position)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = coalesce(o.schema, t.schema)::name
GROUP BY t.schema`;

/** See the port: which objects there are, with one query. */
export async function findObjects(
  client: pg.ClientBase,
  objects: readonly SchemaObject[],
  schemas: readonly SchemaName[],
): Promise<ReadonlyMap<SchemaName, string>> {
  if (objects.length === 0) return new Map(schemas.map((schema) => [schema, '']));
  const { rows } = await client.query<{ schema: SchemaName; found: string }>(FOUND, [
    objects.map(({ kind }) => kind),
    objects.map(({ schema }) => schema),
    objects.map(({ of }) => of),
    objects.map(({ name }) => name),
    schemas,
  ]);
  return new Map(rows.map(({ schema, found }) => [schema, found]));
}
