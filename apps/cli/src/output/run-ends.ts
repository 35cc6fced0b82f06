import { targetKey, type StepResult } from '@bfm/core';
import { groupByCause, toProblem, type Cause } from './problem.ts';

/** The steps of a run by what a summary says of them. */
export interface RunEnds {
  /** Applied or rolled back. */
  readonly done: readonly StepResult[];
  /** Cancelled while they ran; they left nothing behind. */
  readonly cancelled: readonly StepResult[];
  /** Why steps failed or could not be begun, each cause once. */
  readonly causes: readonly Cause[];
  readonly brokenTargets: number;
  /** Not begun because what they depend on was not done. */
  readonly blocked: number;
  /** Not begun because the run was stopped. */
  readonly stopped: number;
  /** All that was not begun. */
  readonly notStarted: number;
}

/** Sorts the steps of a run. */
export function toRunEnds(steps: readonly StepResult[]): RunEnds {
  const notStarted = steps.filter(({ outcome }) => outcome === 'not_started');
  const broken = steps.filter(isBroken);
  return {
    done: steps.filter(({ outcome }) => outcome === 'applied' || outcome === 'rolled_back'),
    cancelled: steps.filter(wasCancelled),
    causes: groupByCause(firstOfEachReason(broken).map(toProblem)),
    brokenTargets: countTargets(broken),
    blocked: notStarted.filter(({ error }) => error?.code === 'step.blocked').length,
    stopped: notStarted.filter(({ error }) => error?.code === 'run.cancelled').length,
    notStarted: notStarted.length,
  };
}

/** How many targets steps are on. */
export function countTargets(steps: readonly StepResult[]): number {
  return new Set(steps.map(({ target }) => targetKey(target))).size;
}

/** Tells whether a step was cancelled while it ran: that is no fault of its own. */
export function wasCancelled({ outcome, error }: StepResult): boolean {
  return outcome === 'failed' && error?.code === 'run.cancelled';
}

/** True for what a person has to look into, and not for what merely follows from it. */
function isBroken(step: StepResult): boolean {
  if (step.outcome === 'failed' || step.outcome === 'needs_attention') return !wasCancelled(step);
  const code = step.error?.code;
  return step.outcome === 'not_started' && code !== 'step.blocked' && code !== 'run.cancelled';
}

/** One reason, such as a lock, keeps all steps of a target from being begun: it is told once. */
function firstOfEachReason(steps: readonly StepResult[]): NonNullable<StepResult['error']>[] {
  const told = new Set<string>();
  return steps.flatMap(({ outcome, error, target }) => {
    if (error === null) return [];
    const key = `${targetKey(target)} ${error.code}`;
    if (outcome === 'not_started' && told.has(key)) return [];
    told.add(key);
    return [error];
  });
}
