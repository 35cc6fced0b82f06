import type { SchemaName } from '@bfm/core';
import type { IdleTransaction, InvalidIndex } from '@bfm/engine';
import type pg from 'pg';

/** Indexes of known targets that no query uses, though every write keeps them. */
export async function findInvalidIndexes(client: pg.ClientBase): Promise<readonly InvalidIndex[]> {
  const found = await client.query<{
    schema: SchemaName;
    index: string;
    table: string;
    building: boolean;
  }>(INVALID_INDEXES);
  return found.rows.map(({ schema, index, table, building }) => ({ schema, index, table, building }));
}

/** Names of transactions of this database that have been prepared for so long. */
export async function findPrepared(client: pg.ClientBase, idleMs: number): Promise<readonly string[]> {
  const found = await client.query<{ gid: string }>(PREPARED, [idleMs]);
  return found.rows.map(({ gid }) => gid);
}

/** Sessions of this database that have done nothing in a transaction for so long. */
export async function findIdle(client: pg.ClientBase, idleMs: number): Promise<readonly IdleTransaction[]> {
  const found = await client.query<IdleTransaction>(IDLE, [idleMs]);
  return found.rows.map(({ pid, user, application, seconds }) => ({ pid, user, application, seconds }));
}

// The index of a partitioned table is not valid until all its parts are attached: that is how it is made.
const INVALID_INDEXES = `
SELECT n.nspname AS schema, x.relname AS index, t.relname AS table,
  EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = x.oid) AS building
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
  AND EXISTS (SELECT FROM bfm.scope s WHERE s.schema_name = n.nspname AND s.retired_at IS NULL)
ORDER BY 1, 2`;

const PREPARED = `
SELECT gid FROM pg_catalog.pg_prepared_xacts
WHERE database = pg_catalog.current_database() AND prepared <= pg_catalog.now() - $1 * interval '1 ms' ORDER BY prepared`;

const IDLE = `
SELECT a.pid, coalesce(a.usename, '') AS user, coalesce(a.application_name, '') AS application,
  extract(epoch FROM pg_catalog.now() - a.state_change)::int AS seconds
FROM pg_catalog.pg_stat_activity a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
  AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
  AND a.state_change <= pg_catalog.now() - $1 * interval '1 ms'
ORDER BY a.state_change`;
