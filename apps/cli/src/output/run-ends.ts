import { targetKey, type RunResult, type StepResult } from '@bfm/core';
import { groupFailures, type FailureCause } from '@bfm/service';
import { toProblem, type Cause } from './problem.ts';

/** The steps of a run by what a summary says of them. */
export interface RunEnds {
  /** Applied or rolled back. */
  readonly done: number;
  readonly doneTargets: number;
  /** Cancelled while they ran. */
  readonly cancelled: readonly StepResult[];
  /** Why steps failed or could not be begun, each cause once, those with the most targets first. */
  readonly causes: readonly Cause[];
  readonly brokenTargets: number;
  /** Not begun because what they depend on was not done. */
  readonly blocked: number;
  /** Not begun because the run was stopped. */
  readonly stopped: number;
  /** All that was not begun. */
  readonly notStarted: number;
}

/** Sorts the steps of a run, keeping none but what is told of one by one. */
export function toRunEnds({ eachStep }: Pick<RunResult, 'eachStep'>): RunEnds {
  const counts = { done: 0, blocked: 0, stopped: 0, notStarted: 0 };
  const doneTargets = new Set<string>();
  const cancelled: StepResult[] = [];
  for (const step of eachStep()) {
    const { outcome, target, error } = step;
    if (outcome === 'applied' || outcome === 'rolled_back') {
      counts.done += 1;
      doneTargets.add(targetKey(target));
    } else if (outcome === 'not_started') {
      counts.notStarted += 1;
      if (error?.code === 'step.blocked') counts.blocked += 1;
      if (error?.code === 'run.cancelled') counts.stopped += 1;
    } else if (wasCancelled(step)) {
      cancelled.push(step);
    }
  }
  const failures = groupFailures(eachStep());
  return {
    ...counts,
    doneTargets: doneTargets.size,
    cancelled,
    causes: failures.map(toCause),
    brokenTargets: new Set(failures.flatMap(({ targets }) => targets.map(targetKey))).size,
  };
}

function toCause({ error, message, targets }: FailureCause): Cause {
  return { problem: { ...toProblem(error), message }, targets: targets.map(targetKey) };
}

/** Tells whether a step was cancelled while it ran: that is no fault of its own. */
export function wasCancelled({ outcome, error }: StepResult): boolean {
  return outcome === 'failed' && error?.code === 'run.cancelled';
}
