import type { MigrationId, Target } from '@bfm/core';
import { targetKey } from '@bfm/core';
import type pg from 'pg';

/** Which applied rows of some targets were written by a baseline and not touched since, by `targetKey`. */
export async function baselinedRows(
  client: pg.ClientBase,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, ReadonlySet<MigrationId>>> {
  const found = await client.query<{ connection: string; schema_name: string; ids: MigrationId[] }>(
    BASELINED,
    [targets.map(({ connection }) => connection), targets.map(({ schema }) => schema)],
  );
  return new Map(
    found.rows.map(({ connection, schema_name, ids }) => [
      targetKey({ connection, schema: schema_name } as Target),
      new Set(ids),
    ]),
  );
}

// A row and the event that tells of it bear the same run.
const BASELINED = `
SELECT s.connection, s.schema_name, array_agg(l.migration_id) AS ids
FROM unnest($1::text[], $2::text[]) AS t(connection, schema_name)
JOIN bfm.scope s ON s.connection = t.connection AND s.schema_name = t.schema_name AND s.retired_at IS NULL
JOIN bfm.ledger l ON l.scope_id = s.scope_id AND l.status = 'applied'
JOIN bfm.event e ON e.scope_id = l.scope_id AND e.migration_id = l.migration_id AND e.run_id = l.run_id
WHERE e.kind = 'baselined'
GROUP BY s.connection, s.schema_name`;
