import type { ScopeChange, ScopePlace, ScopeResult } from '@bfm/engine';
import type pg from 'pg';
import type { TakerIdentity } from '../taker-identity.ts';
import { writeScopeEvents } from './scope-events.ts';
import { withScopes } from './seize-scopes.ts';

/** Gives targets up: all, or none when one of them is held. */
export async function retireScopes(
  client: pg.ClientBase,
  places: readonly ScopePlace[],
  { change, taker }: { readonly change: ScopeChange; readonly taker: TakerIdentity },
): Promise<ScopeResult> {
  const seizing = { change, taker, find: findPlaces(places), schemas: schemasOf(places) };
  return withScopes(client, seizing, async (ids) => {
    await writeScopeEvents(client, ids, { change, detail: { action: 'forget-target' } });
    await client.query(RETIRE, [ids]);
  });
}

/** The query that locks the current scopes of some places. */
export function findPlaces(places: readonly ScopePlace[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: LOCK_PLACES,
    values: [places.map(({ connection }) => connection), places.map(({ schema }) => schema)],
  };
}

/** Each schema once. */
function schemasOf(places: readonly ScopePlace[]): readonly string[] {
  return [...new Set(places.map(({ schema }) => schema))];
}

const LOCK_PLACES = `
SELECT s.scope_id FROM bfm.scope s
JOIN unnest($1::text[], $2::text[]) AS p(connection, schema_name) USING (connection, schema_name)
WHERE s.retired_at IS NULL ORDER BY s.scope_id FOR UPDATE OF s NOWAIT`;

/** Gives scopes up; how far runs had come there counts no more. */
export const RETIRE = `
WITH forgotten AS (DELETE FROM bfm.progress WHERE scope_id = ANY($1::int[]))
UPDATE bfm.scope SET retired_at = clock_timestamp() WHERE scope_id = ANY($1::int[])`;
