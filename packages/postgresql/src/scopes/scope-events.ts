import type { ScopeChange } from '@bfm/engine';
import type pg from 'pg';

/** Writes one event for each scope: what was done to the whole target, and why. */
export async function writeScopeEvents(
  client: pg.ClientBase,
  scopeIds: readonly number[],
  { change, detail }: { readonly change: ScopeChange; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { runId, actor, reason } = change;
  await client.query(WRITE_EVENTS, [scopeIds, runId, actor, reason, JSON.stringify(detail)]);
}

const WRITE_EVENTS = `
INSERT INTO bfm.event (scope_id, kind, run_id, actor, fence_token, reason, detail)
SELECT s.scope_id, 'repaired', $2, $3, s.fence_token, $4,
       $5::jsonb || jsonb_build_object('applied', (SELECT count(*) FROM bfm.ledger l
                                                   WHERE l.scope_id = s.scope_id AND l.status IN ('applied', 'undoing')))
FROM bfm.scope s WHERE s.scope_id = ANY($1::int[])`;
