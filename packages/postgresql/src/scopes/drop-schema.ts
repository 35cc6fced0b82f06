import { BfmError, quoteIdentifier, type SchemaName } from '@bfm/core';
import type { ScopeChange, ScopePlace, ScopeResult } from '@bfm/engine';
import type pg from 'pg';
import { outsideDependents } from './outside-dependents.ts';
import { findPlaces, RETIRE } from './retire-scopes.ts';
import type { TakerIdentity } from '../taker-identity.ts';
import { writeScopeEvents } from './scope-events.ts';
import { withScopes } from './seize-scopes.ts';

/** What is dropped, and who does it. */
export interface SchemaDrop {
  readonly schema: SchemaName;
  readonly places: readonly ScopePlace[];
  readonly change: ScopeChange;
  readonly taker: TakerIdentity;
}

/**
 * Drops a schema and gives up its targets in one transaction; a schema that is gone already is only given up.
 *
 * @throws {target.not_droppable}
 */
export async function dropSchema(client: pg.ClientBase, drop: SchemaDrop): Promise<ScopeResult> {
  const { schema, places, change, taker } = drop;
  const seizing = { change, taker, find: findPlaces(places), schemas: [schema] };
  return withScopes(client, seizing, async (ids) => {
    await client.query(LONG_DEADLINE);
    const found = await client.query<{ reason: string }>(IN_THE_WAY, [schema, ids, taker.identity]);
    const [obstacle] = found.rows;
    if (obstacle !== undefined) throw notDroppable(schema, obstacle.reason);
    const outside = await outsideDependents(client, schema);
    if (outside.length > 0) throw notDroppable(schema, `outside of it, ${outside[0] ?? ''} depends on it`);
    await writeScopeEvents(client, ids, { change, detail: { action: 'drop' } });
    await client.query(`DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
    await client.query(RETIRE, [ids]);
  });
}

// Files of thousands of tables take their time to go; locks are waited for no longer than otherwise.
const LONG_DEADLINE = "SELECT pg_catalog.set_config('statement_timeout', '10min', true)";

// Another target in the same schema, or a schema of the same name that is not the one BFM has worked in.
const IN_THE_WAY = `
SELECT CASE WHEN s.scope_id = ANY($2::int[]) THEN 'it was dropped and made anew by others since BFM worked in it'
            ELSE 'it is a target of ' || s.connection || ', too' END AS reason
FROM bfm.scope s LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = s.schema_name
WHERE s.schema_name = $1 AND s.retired_at IS NULL
  AND (NOT (s.scope_id = ANY($2::int[])) OR (s.schema_oid <> n.oid AND s.database_identity = $3))
ORDER BY s.scope_id`;

function notDroppable(schema: SchemaName, why: string): BfmError {
  return new BfmError('target.not_droppable', {
    message: `schema ${schema} was not dropped: ${why}; nothing was changed`,
    details: { where: { schema } },
    next: 'run the same command again: it shows what is in the way',
  });
}
