import type { ConnectionName, MigrationId, SchemaName, Target } from '@bfm/core';
import type { UnfinishedMigration } from '@bfm/engine';
import type pg from 'pg';

interface UnfinishedRow {
  readonly connection: ConnectionName;
  readonly schema_name: SchemaName;
  readonly migration_id: MigrationId;
  readonly status: UnfinishedMigration['status'];
  readonly statements_done: number;
  readonly rows_done: string;
  readonly batches_done: number;
  readonly intent_statement: number | null;
  readonly running: boolean;
  readonly error: string | null;
}

/**
 * What has not ended well in some targets, or (`null`) in all that count. Of a ledger of the format of now.
 */
export async function readUnfinished(
  client: pg.ClientBase,
  targets: readonly Pick<Target, 'connection' | 'schema'>[] | null,
): Promise<readonly UnfinishedMigration[]> {
  const found = await client.query<UnfinishedRow>(UNFINISHED, [
    targets?.map(({ connection }) => connection) ?? null,
    targets?.map(({ schema }) => schema) ?? null,
    EVENTS_MAX,
  ]);
  return found.rows.map((row) => ({
    connection: row.connection,
    schema: row.schema_name,
    migrationId: row.migration_id,
    status: row.status,
    statementsDone: row.statements_done,
    rowsDone: Number(row.rows_done),
    batchesDone: row.batches_done,
    statementBegun: row.intent_statement,
    running: row.running,
    error: row.error,
  }));
}

/** Events are found by their numbers alone: to look for what failed long ago, all of a fleet's would have to be read. */
const EVENTS_MAX = 50_000;

// A backend keeps its number and start for life. An error counts as long as nothing of a later run was noted.
const UNFINISHED = `
WITH unfinished AS MATERIALIZED (
  SELECT s.scope_id, s.connection, s.schema_name, l.migration_id, l.status, coalesce(p.run_id, l.run_id) AS run_id,
    coalesce(p.statements_done, 0) AS statements_done, coalesce(p.rows_done, 0) AS rows_done,
    coalesce(p.batches_done, 0) AS batches_done, p.intent_statement,
    EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(p.backend_pid) a WHERE a.backend_start = p.backend_start) AS running
  FROM bfm.scope s JOIN bfm.ledger l USING (scope_id)
  LEFT JOIN bfm.progress p ON p.scope_id = l.scope_id AND p.migration_id = l.migration_id
  WHERE s.retired_at IS NULL AND l.status IN ('failed', 'started', 'undoing')
    AND ($1::text[] IS NULL OR (s.connection, s.schema_name) IN (SELECT * FROM unnest($1::text[], $2::text[])))
), latest AS (
  SELECT DISTINCT ON (e.scope_id, e.migration_id) e.scope_id, e.migration_id, e.kind, e.run_id, e.error
  FROM bfm.event e
  WHERE e.event_id > (SELECT max(event_id) FROM bfm.event) - $3::bigint
    AND EXISTS (SELECT FROM unfinished u WHERE u.scope_id = e.scope_id AND u.migration_id = e.migration_id)
  ORDER BY e.scope_id, e.migration_id, e.event_id DESC
)
SELECT u.connection, u.schema_name, u.migration_id, u.status, u.statements_done, u.rows_done::text, u.batches_done,
  u.intent_statement, u.running, CASE WHEN e.kind = 'failed' AND e.run_id = u.run_id THEN e.error END AS error
FROM unfinished u LEFT JOIN latest e USING (scope_id, migration_id)
ORDER BY u.connection COLLATE "C", u.schema_name COLLATE "C", u.migration_id COLLATE "C"`;
