import type { PlanStep } from '@bfm/core';

/** The step at a place of a series. @throws RangeError when there is none */
export function stepAt(steps: readonly PlanStep[], index: number): PlanStep {
  const step = steps[index];
  if (step === undefined) throw new RangeError(`no step ${index}`);
  return step;
}
