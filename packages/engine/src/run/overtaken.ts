import type { BfmError } from '@bfm/core';
import type { TargetStore } from '../ports/target-store.ts';
import type { TargetSteps } from './target-steps.ts';

/** Enough for what may have happened to a migration besides. */
const EVENTS_PER_STEP = 4;

/**
 * Whether an error says that somebody took the target after us: by its fence nothing of ours can commit any more. A lease
 * says nothing of the kind, since the fence is in the target.
 *
 * @param token the fencing token that we had
 */
export function isOvertaken({ code, details }: BfmError, token: string | null): boolean {
  const theirs = details['token'];
  if (code !== 'target.locked' || token === null || details['lease_ends_in_ms'] !== undefined) return false;
  return typeof theirs === 'string' && /^\d+$/.test(theirs) && BigInt(theirs) > BigInt(token);
}

/**
 * Settles the doubts about steps of a target that somebody else holds now: what of them has committed stands in the
 * events of its ledger, which commit with it. Steps that are not one transaction stay in doubt.
 *
 * @throws {target.unreachable}
 */
export async function settleOvertaken(steps: TargetSteps, store: TargetStore, runId: string): Promise<void> {
  const { run, tries } = steps;
  const doubtful = run.open().filter((index) => {
    const { transaction, batchSize } = run.step(index).execution;
    return tries.isInDoubt(index) && transaction === 'per-migration' && batchSize === null;
  });
  if (doubtful.length === 0) return;
  const { connection, schema } = run.target;
  const events = await store.history({
    connections: [connection],
    schemas: [schema],
    migrations: steps.at(doubtful).map(({ migrationId }) => migrationId),
    limit: doubtful.length * EVENTS_PER_STEP,
    before: null,
  });
  const done = new Set(
    events
      .filter((event) => event.runId === runId)
      .map(({ kind, migrationId }) => `${kind} ${migrationId ?? ''}`),
  );
  for (const index of doubtful) {
    const { migrationId, direction } = run.step(index);
    if (done.has(`${direction === 'up' ? 'applied' : 'rolled_back'} ${migrationId}`)) steps.endDone(index);
    else tries.settle([index]);
  }
}
