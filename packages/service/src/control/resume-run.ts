import type { StoredRunHead } from '@bfm/engine';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';

/**
 * Lets a paused run go on, where it stopped, as soon as a worker has a place for it. One that is not paused stays as it is.
 *
 * @throws {auth.forbidden} {run.not_found} {run.ended}
 */
export async function resumeRun(
  runId: string,
  caller: Caller,
  { state, changes, wakeWorkers }: ControlContext,
): Promise<StoredRunHead> {
  await authorise(caller, { permission: 'run.resume', object: `run/${runId}` }, { state });
  const action = { action: 'run.resume', object: `run/${runId}`, result: 'ok', detail: {} } as const;
  const run = await state.write(caller, action, async ({ runs, jobs }) => {
    const resumed = await runs.resume(runId);
    if (resumed.status === 'queued') await jobs.enqueue(runId);
    return resumed;
  });
  changes.tell(runId);
  wakeWorkers();
  return run;
}
