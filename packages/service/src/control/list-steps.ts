import type { PageRequest, StatePage, StoredStep } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import { runNotFound } from './find-run.ts';

/** Lists what became of the steps of a run so far, in the order of its plan. @throws {run.not_found} {request.invalid} for a page that is none */
export function listSteps(
  runId: string,
  page: PageRequest,
  { state }: ControlContext,
): Promise<StatePage<StoredStep>> {
  return state.read(async ({ runs, steps }) => {
    if ((await runs.head(runId)) === null) throw runNotFound(runId);
    return steps.ofRun(runId, page);
  });
}
