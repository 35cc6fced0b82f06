import { assertNever, quoteIdentifier, type BareStatement, type ObjectName } from '@bfm/core';
import { renderName, type PlaceholderValues } from '@bfm/engine';
import type { Sighting } from './progress.ts';

/** A query that looks, and what it must be called with. */
export interface Look {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** An index as the catalog has it. */
export interface FoundIndex {
  readonly oid: string;
  readonly valid: boolean;
  readonly schema: string;
  readonly name: string;
  /** An index of a TOAST table cannot be dropped concurrently. */
  readonly toast: boolean;
  /** As `pg_get_indexdef` says it, for people. */
  readonly definition: string;
}

/** The query that tells what there is of a bare statement's effect: one row, one JSON value. */
export function lookQuery(bare: BareStatement, values: PlaceholderValues): Look | null {
  switch (bare.effect) {
    case 'create_index':
      return {
        text: INDEX_OF_TABLE,
        values: [quotePath(bare.table, values), renderName(bare.index.name, values)],
      };
    case 'drop_index':
      return { text: INDEX, values: [quotePath(bare.index, values)] };
    case 'reindex_concurrently':
      return rebuiltQuery(bare, values);
    case 'detach_partition':
      return { text: ATTACHED, values: [quotePath(bare.table, values), quotePath(bare.partition, values)] };
    case 'create':
    case 'drop':
      return { text: EXISTS[bare.object], values: [renderName(bare.name, values)] };
    case 'repeatable':
    case 'unknown':
      return null;
    default:
      return assertNever(bare);
  }
}

function rebuiltQuery(
  { relation, schema }: Extract<BareStatement, { effect: 'reindex_concurrently' }>,
  values: PlaceholderValues,
): Look {
  const path = relation === null ? null : quotePath(relation, values);
  return { text: REBUILT, values: [path, schema === null ? null : renderName(schema, values)] };
}

/** A name quoted, as statements and `to_regclass` read it: by the search path when it has no schema. */
export function quotePath({ schema, name }: ObjectName, values: PlaceholderValues): string {
  const parts = schema === null ? [name] : [schema, name];
  return parts.map((part) => quoteIdentifier(renderName(part, values))).join('.');
}

/** The index in what {@link lookQuery} found; `null`: there is none. */
export function indexIn(found: Sighting): FoundIndex | null {
  return (found['index'] as FoundIndex | null | undefined) ?? null;
}

/** The indexes that rebuilding leaves when it is interrupted, as {@link lookQuery} found them. */
export function leftoversIn(found: Sighting): readonly FoundIndex[] {
  return (found['leftovers'] as readonly FoundIndex[] | null | undefined) ?? [];
}

const AN_INDEX = `json_build_object('oid', i.indexrelid::int8::text,
    'valid', i.indisvalid AND i.indisready AND i.indislive,
    'schema', n.nspname, 'name', c.relname, 'toast', n.nspname = 'pg_toast',
    'definition', pg_catalog.pg_get_indexdef(i.indexrelid))`;

const INDEX_OF_TABLE = `
SELECT json_build_object('index', (
  SELECT ${AN_INDEX}
  FROM pg_catalog.pg_class t JOIN pg_catalog.pg_class c ON c.relnamespace = t.relnamespace AND c.relname = $2
  JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE t.oid = pg_catalog.to_regclass($1))) AS found`;

const INDEX = `
SELECT json_build_object('index', (
  SELECT ${AN_INDEX}
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass($1))) AS found`;

// The names PostgreSQL gives to the copies: see "Rebuilding Indexes Concurrently" in its manual for REINDEX. Only those of
// what is rebuilt count, and none that another session is making right now.
const REBUILT = `
WITH asked AS (SELECT pg_catalog.to_regclass($1)::oid AS oid),
tree AS (
  SELECT oid FROM asked UNION SELECT p.relid::oid FROM asked CROSS JOIN pg_catalog.pg_partition_tree(asked.oid) p
),
tables AS (
  SELECT coalesce(x.indrelid, t.oid) AS oid FROM tree t LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = t.oid
)
SELECT json_build_object('leftovers', (
  SELECT coalesce(json_agg(${AN_INDEX} ORDER BY i.indexrelid), '[]')
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT o.oid, o.relnamespace FROM pg_catalog.pg_class o
    WHERE CASE WHEN n.nspname = 'pg_toast' THEN o.reltoastrelid = i.indrelid ELSE o.oid = i.indrelid END
  ) owner
  WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
    AND ($1::text IS NULL OR owner.oid IN (SELECT oid FROM tables))
    AND ($2::text IS NULL OR owner.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2))
    AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_locks k
      WHERE k.locktype = 'relation' AND k.relation = c.oid AND k.mode = 'ShareUpdateExclusiveLock' AND k.granted
        AND k.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND k.pid <> pg_catalog.pg_backend_pid()))) AS found`;

const ATTACHED = `
SELECT json_build_object('attached', i.inhrelid IS NOT NULL, 'pending', coalesce(i.inhdetachpending, false),
    'partition', pg_catalog.to_regclass($2)::oid::int8::text) AS found
FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_inherits i
  ON i.inhparent = pg_catalog.to_regclass($1) AND i.inhrelid = pg_catalog.to_regclass($2)`;

// With what tells one of the same name that somebody else made from the one that a statement asks for.
const EXISTS = {
  database: `SELECT json_build_object('exists', d.oid IS NOT NULL, 'owner', pg_catalog.pg_get_userbyid(d.datdba),
      'me', current_user) AS found
    FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_database d ON d.datname = $1`,
  tablespace: `SELECT json_build_object('exists', t.oid IS NOT NULL, 'owner', pg_catalog.pg_get_userbyid(t.spcowner),
      'me', current_user, 'location', pg_catalog.pg_tablespace_location(t.oid)) AS found
    FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_tablespace t ON t.spcname = $1`,
  subscription: `SELECT json_build_object('exists', s.oid IS NOT NULL, 'owner', pg_catalog.pg_get_userbyid(s.subowner),
      'me', current_user) AS found
    FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_subscription s ON s.subname = $1
      AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`,
} as const;
