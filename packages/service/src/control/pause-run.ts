import type { StoredRunHead } from '@bfm/engine';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';

/**
 * Keeps a run from going on until it is resumed. One that waits is not taken; a running one ends the migrations it is at,
 * begins no other, and is `paused` then: until it is, it is `running` with `pauseRequestedAt`. Asking twice changes nothing, nor
 * does asking for a run that is being cancelled.
 *
 * @throws {auth.forbidden} {run.not_found} {run.ended}
 */
export async function pauseRun(
  runId: string,
  caller: Caller,
  { state, changes, wishes }: ControlContext,
): Promise<StoredRunHead> {
  await authorise(caller, { permission: 'run.pause', object: `run/${runId}` }, { state });
  const action = { action: 'run.pause', object: `run/${runId}`, result: 'ok', detail: {} } as const;
  const run = await state.write(caller, action, ({ runs }) => runs.requestPause(runId));
  if (run.pauseRequestedAt !== null) wishes.tell({ runId, wish: 'pause' });
  changes.tell(runId);
  return run;
}
