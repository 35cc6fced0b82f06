import type { ConnectionName, MigrationId, SchemaName } from '@bfm/core';
import type { ForgottenMigration } from '@bfm/engine';
import type pg from 'pg';

// What failed since has changed nothing. Asked only of migrations that are about to be applied: in a fleet that is about to
// get something new no event speaks of it, and one pass over the events finds that out.
const FORGOTTEN = `
WITH told AS (
  SELECT DISTINCT ON (e.scope_id, e.migration_id) e.scope_id, e.migration_id, e.kind, e.actor, e.run_id
  FROM bfm.event e
  WHERE e.migration_id = ANY($2::text[]) AND e.kind IN ('applied', 'rolled_back', 'baselined', 'repaired')
  ORDER BY e.scope_id, e.migration_id, e.event_id DESC
)
SELECT s.connection, s.schema_name, t.migration_id, t.actor, t.run_id
FROM told t JOIN bfm.scope s USING (scope_id) LEFT JOIN bfm.ledger l USING (scope_id, migration_id)
WHERE t.kind = 'applied' AND s.connection = ANY($1::text[]) AND s.retired_at IS NULL
  AND coalesce(l.status, '') IN ('', 'failed', 'rolled_back', 'deferred')
ORDER BY s.connection, s.schema_name, t.migration_id`;

/** See `TargetStore.forgotten`. */
export async function readForgotten(
  client: pg.ClientBase,
  connections: readonly ConnectionName[],
  migrations: readonly MigrationId[],
): Promise<readonly ForgottenMigration[]> {
  const { rows } = await client.query<ForgottenRow>(FORGOTTEN, [connections, migrations]);
  return rows.map((row) => ({
    connection: row.connection,
    schema: row.schema_name,
    migrationId: row.migration_id,
    actor: row.actor,
    runId: row.run_id,
  }));
}

interface ForgottenRow {
  readonly connection: ConnectionName;
  readonly schema_name: SchemaName;
  readonly migration_id: MigrationId;
  readonly actor: string;
  readonly run_id: string;
}
