import { isBfmError } from '@bfm/core';
import type { ControlContext } from './control-context.ts';
import type { Execution, ExecutionEnd, RunEnding } from './execution.ts';
import type { HeldRun } from './held-run.ts';
import { RunExecution } from './run-execution.ts';
import type { RunObserver } from './run-observer.ts';
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
  const { observer } = control;
  observer.taken(held.run);
  let how: Parameters<RunObserver['left']>[1] = 'broken';
  try {
    await control.failpoints.reach('run.taken');
    return (how = await carryOut(held, execution, control));
  } finally {
    observer.left(held.run, how);
  }
}

async function carryOut(held: HeldRun, execution: Execution, control: ControlContext): Promise<RunEnding> {
  try {
    return await new RunExecution(held, execution, control).run();
  } catch (error) {
    if (isBfmError(error) && error.code === 'run.fence_lost') return 'lost';
    throw error;
  }
}
