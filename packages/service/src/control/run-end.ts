import type { BfmError, RunSummary } from '@bfm/core';
import type { RunEnd } from '@bfm/engine';
import { toStorable } from './storable.ts';
import { toStoredError } from './stored-step.ts';

/** What decides how a run ends. */
export interface RunOutcome {
  /** Over all of its attempts. */
  readonly summary: RunSummary;
  /** Somebody asked for it to be cancelled, and something was left undone for that. */
  readonly wasCancelled: boolean;
  /** What stood against the run as a whole; `null`: nothing. */
  readonly refusal: BfmError | null;
  /** The first error of a step; `null`: there is none. */
  readonly firstError: BfmError | null;
}

/** How a run ends. A failed step goes before one that a person must look at. */
export function toRunEnd(outcome: RunOutcome): RunEnd {
  const { summary, refusal, firstError } = outcome;
  const error = refusal ?? firstError;
  return {
    status: toStatus(outcome),
    error: error === null ? null : toStoredError(error),
    summary: toStorable({ ...summary }),
  };
}

function toStatus({ summary, wasCancelled, refusal }: RunOutcome): RunEnd['status'] {
  if (wasCancelled) return 'cancelled';
  if (refusal !== null && summary.failed === 0) return needsPerson(refusal) ? 'needs_attention' : 'failed';
  if (summary.failed > 0) return 'failed';
  if (summary.needs_attention > 0) return 'needs_attention';
  return summary.not_started > 0 ? 'failed' : 'succeeded';
}

function needsPerson({ code, spec }: BfmError): boolean {
  return code === 'plan.stale' || spec.category === 'precondition';
}
