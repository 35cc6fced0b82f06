import type { PlanStep } from '@bfm/core';
import { runsInOneTransaction } from '@bfm/engine';

/** Neighbours of a series that are run the same way; `from` is the place of the first. */
export type SeriesPart =
  | { readonly kind: 'transactions'; readonly from: number; readonly steps: readonly PlanStep[] }
  | { readonly kind: 'resumable'; readonly from: number; readonly step: PlanStep };

/** Cuts a series into maximal runs of transactional steps, and the steps between them. */
export function toSeriesParts(steps: readonly PlanStep[]): readonly SeriesPart[] {
  const parts: SeriesPart[] = [];
  let run: PlanStep[] = [];
  for (const [index, step] of steps.entries()) {
    if (runsInOneTransaction(step.execution)) {
      if (run.length === 0) parts.push({ kind: 'transactions', from: index, steps: run });
      run.push(step);
    } else {
      parts.push({ kind: 'resumable', from: index, step });
      run = [];
    }
  }
  return parts;
}
