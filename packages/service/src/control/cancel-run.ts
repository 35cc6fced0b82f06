import type { StoredRunHead } from '@bfm/engine';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';

/**
 * Ends a run that waits, and has a running one end soon: its statements are cancelled, what was committed stays. One that
 * has ended stays as it is.
 *
 * @throws {auth.forbidden} {run.not_found}
 */
export async function cancelRun(
  runId: string,
  caller: Caller,
  { state, changes, wishes }: ControlContext,
): Promise<StoredRunHead> {
  await authorise(caller, { permission: 'run.cancel', object: `run/${runId}` }, { state });
  const action = { action: 'run.cancel', object: `run/${runId}`, result: 'ok', detail: {} } as const;
  const run = await state.write(caller, action, ({ runs }) => runs.requestCancel(runId));
  wishes.tell({ runId, wish: 'cancel' });
  changes.tell(runId);
  return run;
}
