import { BfmError, type MigrationId, type Target } from '@bfm/core';
import type { LockedEntry, SeriesFailure } from '@bfm/engine';
import type { SeriesPart } from '../series-parts.ts';
import { toStepError } from '../step-error.ts';

/**
 * Refuses to run in a transaction what an earlier text of the file ran partly outside of one: it would be done twice.
 *
 * @returns the failure of the first such step, placed in its series; `null`: there is none
 */
export function halfDoneFailure(
  part: SeriesPart,
  { entries, target }: { readonly entries: ReadonlyMap<MigrationId, LockedEntry>; readonly target: Target },
): SeriesFailure | null {
  if (part.kind !== 'transactions') return null;
  for (const [index, step] of part.steps.entries()) {
    const status = entries.get(step.migrationId)?.status;
    if (status !== 'started' && status !== 'undoing') continue;
    const place = {
      step,
      target,
      statement: null,
      wasCancelled: false,
      blockers: [],
      left: 'what it did stays',
    };
    return {
      index: part.from + index,
      kind: 'attention',
      durationMs: 0,
      error: toStepError(otherMode(), place),
    };
  }
  return null;
}

/** The file of a step was begun as another kind of script than it is now. */
export function otherMode(): BfmError {
  return new BfmError('step.partial', {
    message: 'part of it was run as its directives had it then, and they have been edited since',
    next: 'restore the directives transaction and batch in the file, or say how it stands: bfm repair mark-applied, or bfm repair mark-pending to run all of it again',
  });
}
