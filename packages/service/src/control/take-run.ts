import type { StateActor } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import { HeldRun } from './held-run.ts';

/** Who takes a run, and for how long unless it is renewed. */
export interface Taking {
  /** Unique to a process, such as `host:pid:random`. */
  readonly worker: string;
  readonly leaseMs: number;
}

/** A worker as the audit names it. */
export function workerActor(worker: string): StateActor {
  return { name: `worker ${worker}`, tokenId: null, ip: null, requestId: null };
}

class NotTaken extends Error {}

/** Takes a run that waits, or whose lease is over. @returns `null` when somebody has it, or it has ended */
export async function takeRun(
  runId: string,
  { worker, leaseMs }: Taking,
  { state, clock, wishes }: ControlContext,
): Promise<HeldRun | null> {
  const action = { action: 'run.take', object: `run/${runId}`, result: 'ok', detail: {} } as const;
  let askedAtMs = clock.monotonicMs();
  try {
    const run = await state.write(workerActor(worker), action, async ({ runs }) => {
      // Getting a connection may have taken long, and the lease begins with this.
      askedAtMs = clock.monotonicMs();
      const taken = await runs.take({ runId, worker, leaseMs });
      // Nothing was done, so nothing is audited.
      if (taken === null) throw new NotTaken();
      return taken;
    });
    return new HeldRun(run, { leaseMs, askedAtMs, state, clock, wishes });
  } catch (error) {
    if (error instanceof NotTaken) return null;
    throw error;
  }
}
