import { isBfmError } from '@bfm/core';
import type { ControlContext } from './control-context.ts';
import type { Execution, ExecutionEnd } from './execution.ts';
import { RunExecution } from './run-execution.ts';
import { takeRun } from './take-run.ts';

/**
 * Takes a run and works on it to its end. It is planned anew from what was asked for: only what was planned then is done,
 * and what was done since is looked up in the ledgers. What goes wrong with the run is its end, not an exception.
 *
 * @throws {state.unavailable} when it cannot be taken now
 */
export async function executeRun(
  runId: string,
  execution: Execution,
  control: ControlContext,
): Promise<ExecutionEnd> {
  await using held = await takeRun(runId, execution, control);
  if (held === null) return 'not_taken';
  await control.failpoints.reach('run.taken');
  try {
    return await new RunExecution(held, execution, control).run();
  } catch (error) {
    if (isBfmError(error) && error.code === 'run.fence_lost') return 'lost';
    throw error;
  }
}
