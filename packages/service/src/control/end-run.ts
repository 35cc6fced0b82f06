import type { NewSkip, RunEnd } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import type { HeldRun } from './held-run.ts';
import { workerActor } from './take-run.ts';

/** How a run ends, and who says so. */
export interface Ending {
  readonly held: HeldRun;
  readonly end: RunEnd;
  readonly skips: readonly NewSkip[];
  readonly worker: string;
}

/** Writes how a run has ended, with its last event. @throws {run.fence_lost} */
export async function endRun(
  { held, end, skips, worker }: Ending,
  { state, changes, failpoints, observer }: ControlContext,
): Promise<void> {
  const { status, summary, error } = end;
  const { id } = held.run;
  const detail = { status, summary };
  const action = { action: 'run.finish', object: `run/${id}`, result: 'ok', detail } as const;
  await held.persist(() =>
    state.write(workerActor(worker), action, async (writes) => {
      if (skips.length > 0) await writes.skips.record(skips);
      await writes.events.append(held.hold, [{ type: 'run.finished', body: { status, summary, error } }]);
      await writes.runs.finish(held.hold, end);
      await failpoints.reach('run.ending');
    }),
  );
  await failpoints.reach('run.ended');
  changes.tell(id);
  observer.ended(held.run, end);
}
