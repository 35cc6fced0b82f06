import type { SchemaName } from '@bfm/core';
import type pg from 'pg';
import { OBJECT_ITEMS } from './object-items.ts';
import { RELATION_ITEMS } from './relation-items.ts';

/** Names the way {@link catalogChecksums} makes its checksums; a checksum of another way says nothing. */
export const CATALOG_ALGORITHM = 'postgresql-catalog@1';

/**
 * Checksums of what schemas are made of: tables with their columns, constraints, indexes, triggers and policies; views,
 * sequences, types, functions. Not of data, owners, grants or comments. The schema's own name does not count, so that
 * tenants made alike are equal; nor do members of extensions. Comparable within one major version of PostgreSQL.
 *
 * To be called inside a transaction, whose search path it empties. A schema that does not exist is not in the answer.
 */
export async function catalogChecksums(
  client: pg.ClientBase,
  schemas: readonly SchemaName[],
): Promise<ReadonlyMap<SchemaName, string>> {
  await client.query(NO_SEARCH_PATH);
  const found = await client.query<{ schema: SchemaName; checksum: string }>(CHECKSUMS, [schemas]);
  return new Map(found.rows.map(({ schema, checksum }) => [schema, checksum]));
}

/** What the checksum of one schema is made of, an item for each object or part of one, in a stable order. */
export async function catalogItems(client: pg.ClientBase, schema: SchemaName): Promise<readonly string[]> {
  await client.query(NO_SEARCH_PATH);
  const found = await client.query<{ item: string }>(ITEMS_OF_ONE, [[schema]]);
  return found.rows.map(({ item }) => item);
}

// PostgreSQL leaves the schema out of names that the search path finds.
const NO_SEARCH_PATH = "SELECT pg_catalog.set_config('search_path', '', true)";

// Members are found through pg_depend, whose index spares a walk through all of pg_class for each schema. A composite
// type is a member as a type only; its columns hang on the relation beside it.
const ITEMS = `
WITH wanted AS (
  SELECT n.oid AS namespace, n.nspname AS name, '(^|[^[:alnum:]_$.])' || q.escaped || '\\.' AS qualifier,
         CASE WHEN quote_ident(n.nspname) = n.nspname THEN '"?\\m' || q.escaped || '\\M"?' ELSE q.escaped END AS word
  FROM pg_namespace n
  CROSS JOIN LATERAL (SELECT regexp_replace(quote_ident(n.nspname), '(\\W)', '\\\\\\1', 'g')) AS q(escaped)
  WHERE n.nspname = ANY($1::text[])
), member AS (
  SELECT d.refobjid AS namespace, d.classid, d.objid
  FROM wanted w JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = w.namespace AND d.deptype = 'n'
  WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
), relation AS (
  SELECT m.namespace, c.* FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
  UNION ALL
  SELECT m.namespace, c.* FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
  JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
), raw(namespace, item) AS (
${RELATION_ITEMS}
UNION ALL
${OBJECT_ITEMS}
), items AS (
  SELECT w.namespace, regexp_replace(r.item, w.qualifier, '\\1', 'g') AS item FROM raw r JOIN wanted w USING (namespace)
)`;

const CHECKSUMS = `${ITEMS}
SELECT w.name AS schema,
       encode(sha256(convert_to(coalesce(string_agg(i.item, E'\\n' ORDER BY i.item COLLATE "C"), ''), 'UTF8')), 'hex') AS checksum
FROM wanted w LEFT JOIN items i USING (namespace) GROUP BY w.name`;

const ITEMS_OF_ONE = `${ITEMS} SELECT item FROM items ORDER BY item COLLATE "C"`;
