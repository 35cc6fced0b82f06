import { isBfmError } from '@bfm/core';
import type { RunHold } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import type { Execution } from './execution.ts';
import type { HeldRun } from './held-run.ts';
import { workerActor } from './take-run.ts';

/** How often is looked whether the state is back, in milliseconds. */
const LOOK_MS = 500;

/**
 * Gives a run back that was lost because the state was away for longer than its lease, as soon as the state is back; when
 * somebody else has taken it by then, says that this one has outlived it: the run has ended nobody. Never rejects.
 */
export async function outliveRun(
  { hold }: Pick<HeldRun, 'hold'>,
  { worker, stop }: Pick<Execution, 'worker' | 'stop'>,
  control: ControlContext,
): Promise<void> {
  const { clock } = control;
  for (;;) {
    try {
      await tryIt(hold, worker, control);
      return;
    } catch (error) {
      // Somebody took it in this moment, or the state is still away; anything else shows elsewhere.
      const isToBeTriedAgain =
        isBfmError(error) && (error.code === 'state.unavailable' || error.code === 'run.fence_lost');
      if (!isToBeTriedAgain || stop.aborted) return;
      await clock.sleep(LOOK_MS, stop);
    }
  }
}

async function tryIt(hold: RunHold, worker: string, { state, wakeWorkers }: ControlContext): Promise<void> {
  const { runId, fence } = hold;
  const action = {
    action: 'run.give_back',
    object: `run/${runId}`,
    result: 'ok',
    detail: { state_was_away: true },
  } as const;
  await state.write(workerActor(worker), action, async ({ runs, jobs }) => {
    const head = await runs.head(runId);
    if (head?.status !== 'running' || head.fence !== fence) {
      await runs.outlive(hold);
    } else if ((await runs.giveBack(hold)) === 'queued') {
      await jobs.enqueue(runId);
    }
  });
  wakeWorkers();
}
