import type { StoredRun } from '@bfm/engine';
import type { ControlContext } from './control-context.ts';
import { findRun, runNotFound } from './find-run.ts';
import { hasEnded } from './run-ended.ts';

/**
 * Waits until a run has ended. When the signal is aborted before, the run goes on and is given back as it is.
 *
 * @throws {run.not_found}
 */
export async function awaitRun(
  runId: string,
  signal: AbortSignal,
  control: ControlContext,
): Promise<StoredRun> {
  for (;;) {
    const changed = control.changes.next(runId, signal);
    const head = await control.state.read(({ runs }) => runs.head(runId));
    if (head === null) throw runNotFound(runId);
    if (hasEnded(head) || signal.aborted) return findRun(runId, control);
    await changed;
  }
}
