import { targetKey, type RunResult, type StepResult } from '@bfm/core';
import { groupFailures, type FailureCause } from '@bfm/service';
import { toProblem, type Cause } from './problem.ts';

/** The steps of a run by what a summary says of them. */
export interface RunEnds {
  /** Applied or rolled back, as was asked for. */
  readonly done: number;
  /** Applied, and taken back because another store of the unit has failed. */
  readonly undone: number;
  readonly doneTargets: number;
  /** Cancelled while they ran. */
  readonly cancelled: readonly StepResult[];
  /** Why steps failed or could not be begun, each cause once, those with the most targets first. */
  readonly causes: readonly Cause[];
  /** Targets in which a step failed or needs a person. */
  readonly failedTargets: number;
  /** Targets that somebody else held all the time. */
  readonly heldTargets: number;
  /** Who held them, `user@host`, each once. */
  readonly holders: readonly string[];
  /** Other targets that could not be begun, such as those out of reach. */
  readonly leftTargets: number;
  /** Not begun because what they depend on was not done. */
  readonly blocked: number;
  /** Not begun because the run was stopped. */
  readonly stopped: number;
  /** All that was not begun. */
  readonly notStarted: number;
}

/** Sorts the steps of a run, keeping none but what is told of one by one. */
export function toRunEnds({ eachStep }: Pick<RunResult, 'eachStep'>): RunEnds {
  const counts = { done: 0, undone: 0, blocked: 0, stopped: 0, notStarted: 0 };
  const doneTargets = new Set<string>();
  const cancelled: StepResult[] = [];
  for (const step of eachStep()) {
    const { outcome, target, error } = step;
    if (wasUndone(step)) {
      counts.undone += 1;
    } else if (outcome === 'applied' || outcome === 'rolled_back') {
      counts.done += 1;
      doneTargets.add(targetKey(target));
    } else if (outcome === 'not_started') {
      counts.notStarted += 1;
      counts.blocked += Number(error?.code === 'step.blocked');
      counts.stopped += Number(error?.code === 'run.cancelled');
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
    ...toBrokenTargets(eachStep()),
  };
}

/** Applied, and taken back by the same run. */
function wasUndone({ outcome, direction }: StepResult): boolean {
  return outcome === 'rolled_back' && direction === 'up';
}

type BrokenTargets = Pick<RunEnds, 'failedTargets' | 'heldTargets' | 'holders' | 'leftTargets'>;

/** Each target once: what failed goes before what kept it from being begun. */
function toBrokenTargets(steps: Iterable<StepResult>): BrokenTargets {
  const broken = { failed: new Set<string>(), held: new Set<string>(), left: new Set<string>() };
  const holders = new Set<string>();
  for (const step of steps) {
    const kind = breakOf(step);
    if (kind === null) continue;
    broken[kind].add(targetKey(step.target));
    const holder = step.error?.details['holder'];
    if (kind === 'held' && typeof holder === 'string') holders.add(whoOf(holder));
  }
  const { failed, held, left } = broken;
  return {
    failedTargets: failed.size,
    heldTargets: held.difference(failed).size,
    holders: [...holders],
    leftTargets: left.difference(failed).difference(held).size,
  };
}

/** What a step says is wrong with its target; `null`: nothing. */
function breakOf(step: StepResult): 'failed' | 'held' | 'left' | null {
  const { outcome, error } = step;
  if (outcome === 'needs_attention') return 'failed';
  if (outcome === 'failed') return wasCancelled(step) ? null : 'failed';
  if (outcome !== 'not_started' || error === null || FOLLOWS.has(error.code)) return null;
  return error.code === 'target.locked' ? 'held' : 'left';
}

/** The person and the machine; the process and its run are told with the error. */
function whoOf(holder: string): string {
  return holder.replace(/ \(.*$/s, '');
}

/** What is no reason of its own for not being begun. */
const FOLLOWS: ReadonlySet<string> = new Set(['step.blocked', 'run.cancelled']);

function toCause({ error, message, targets }: FailureCause): Cause {
  return { problem: { ...toProblem(error), message }, targets: targets.map(targetKey) };
}

/** Tells whether a step was cancelled while it ran: that is no fault of its own. */
export function wasCancelled({ outcome, error }: StepResult): boolean {
  return outcome === 'failed' && error?.code === 'run.cancelled';
}
