import { BfmError } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';

/** Finds a run with what it is made of. @throws {run.not_found} */
export async function findRun(runId: string, { state }: ControlContext): Promise<StoredRun> {
  const run = await state.read(({ runs }) => runs.find(runId));
  if (run === null) throw runNotFound(runId);
  return run;
}

/** The error of a run that nobody knows. */
export function runNotFound(runId: string): BfmError {
  return new BfmError('run.not_found', {
    message: `there is no run ${runId.slice(0, 64)}`,
    details: { runId: runId.slice(0, 64) },
    next: 'bfm run list shows the runs there are',
  });
}
