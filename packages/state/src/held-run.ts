import { BfmError } from '@bfm/core';
import type { RunHold } from '@bfm/engine';
import type { StateTransaction } from './state-database.ts';

/** The error of whoever writes about a run that somebody else has by now. */
export function fenceLost({ runId, fence }: RunHold): BfmError {
  return new BfmError('run.fence_lost', {
    message: `run ${runId} is no longer held under fence ${fence}: another worker took it over, or it has ended; nothing was written`,
    details: { runId, fence },
    next: `bfm run show ${runId} tells who has it`,
  });
}

/** Makes sure that a statement about a held run has met it. @throws {run.fence_lost} */
export function oneHeld(rows: readonly unknown[], hold: RunHold): void {
  if (rows.length !== 1) throw fenceLost(hold);
}

/** Keeps a run from changing hands until the transaction ends. @throws {run.fence_lost} */
export async function assertHeld(transaction: StateTransaction, hold: RunHold): Promise<void> {
  oneHeld(await transaction.query(HELD, [hold.runId, hold.fence]), hold);
}

const HELD = `SELECT id FROM run WHERE id = $1 AND fence = $2 AND status = 'running' FOR SHARE`;
