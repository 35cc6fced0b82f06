import { isBfmError, type BfmError } from '@bfm/core';
import type { ControlContext } from './control-context.ts';
import { endRun } from './end-run.ts';
import type { Execution, ExecutionEnd } from './execution.ts';
import type { RunEnding } from './run-ending.ts';
import type { HeldRun } from './held-run.ts';
import { toRunEnd } from './run-end.ts';
import { outliveRun } from './outlive-run.ts';
import { RunExecution } from './run-execution.ts';
import type { RunObserver } from './run-observer.ts';
import { unsoundnessOf } from './sound-run.ts';
import { StepBook } from './step-book.ts';
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
    const unsound = unsoundnessOf(held.run);
    if (unsound !== null) return await refuse(unsound, { held, execution }, control);
    return await new RunExecution(held, execution, control).run();
  } catch (error) {
    if (!isBfmError(error) || error.code !== 'run.fence_lost') throw error;
    if (held.away.aborted) void outliveRun(held, execution, control);
    return 'lost';
  }
}

/** Nothing is begun, and nothing is done again: a person has to look at what became of the state. */
async function refuse(
  refusal: BfmError,
  { held, execution }: { readonly held: HeldRun; readonly execution: Execution },
  control: ControlContext,
): Promise<RunEnding> {
  const summary = new StepBook(0).summary();
  const end = toRunEnd({ summary, wasCancelled: false, refusal, firstError: null });
  await endRun({ held, end, skips: [], worker: execution.worker }, control);
  return 'ended';
}
