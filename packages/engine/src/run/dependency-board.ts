import { targetKey, type PlanStep, type StepDependency, type StepOutcome } from '@bfm/core';
import { isDone, type TargetRun } from './target-run.ts';

/** What stands between a target and its next steps. */
export interface NextSteps {
  /** Indices that may run now, in order. */
  readonly ready: readonly number[];
  /** Indices that can never run, because what they depend on was not done. */
  readonly blocked: readonly { readonly index: number; readonly by: StepDependency }[];
  /** A target that must get further before the rest may run; `null` when nothing is left. */
  readonly waitsFor: TargetRun | null;
}

/** Knows every target of a run and so which steps may go. Pure bookkeeping: no I/O, no time. */
export class DependencyBoard {
  readonly #runs: ReadonlyMap<string, TargetRun>;
  readonly #waits = new Map<PlanStep, Map<TargetRun, Waits>>();

  constructor(runs: readonly TargetRun[]) {
    this.#runs = new Map(runs.map((run) => [targetKey(run.target), run]));
  }

  /**
   * The steps of a target that may run now. Stops at the first step that waits for another target: the steps of one
   * target keep their order. A failed up stops its dependents only. A failed down stops the older ones of its target,
   * too: what stays of it was made upon them, whatever the files say.
   */
  next(run: TargetRun): NextSteps {
    const ready: number[] = [];
    const blocked: { index: number; by: StepDependency }[] = [];
    const lost = new Set<string>();
    let undone = newestLeft(run);
    for (const index of run.open()) {
      const step = run.step(index);
      const verdict = undone === null ? this.#judge(run, step, lost) : blockedBy(undone, run);
      if (verdict.kind === 'waits') return { ready, blocked, waitsFor: verdict.for };
      if (verdict.kind === 'ready') {
        ready.push(index);
      } else {
        lost.add(step.migrationId);
        if (step.direction === 'down') undone ??= step;
        blocked.push({ index, by: verdict.dependency });
      }
    }
    return { ready, blocked, waitsFor: null };
  }

  #judge(run: TargetRun, step: PlanStep, lost: ReadonlySet<string>): Verdict {
    const place = { run, lost };
    if (step.after.length <= MANY) return this.#judgeAll(step.after, place).verdict;
    const waits = this.#waitsOf(run, step);
    const own = this.#judgeAll(waits.own, place).verdict;
    if (own.kind !== 'ready') return own;
    const { verdict, passed } = this.#judgeAll(waits.others.values().drop(waits.passed), place);
    waits.passed += passed;
    return verdict;
  }

  /** The dependencies of a step on many targets: what was found done once is not looked at again. */
  #waitsOf(run: TargetRun, step: PlanStep): Waits {
    const known = this.#waits.get(step)?.get(run);
    if (known !== undefined) return known;
    const isOwn = ({ connection, schema }: StepDependency): boolean =>
      connection === run.target.connection && (schema ?? run.target.schema) === run.target.schema;
    const waits = {
      own: step.after.filter(isOwn),
      others: step.after.filter((each) => !isOwn(each)),
      passed: 0,
    };
    const ofStep = this.#waits.get(step) ?? new Map<TargetRun, Waits>();
    this.#waits.set(step, ofStep.set(run, waits));
    return waits;
  }

  #judgeAll(
    dependencies: Iterable<StepDependency>,
    { run, lost }: { readonly run: TargetRun; readonly lost: ReadonlySet<string> },
  ): { readonly verdict: Verdict; readonly passed: number } {
    let passed = 0;
    for (const dependency of dependencies) {
      const { connection, schema, migrationId } = dependency;
      const other = this.#runs.get(targetKey({ connection, schema: schema ?? run.target.schema }));
      const end = other?.outcomeOf(migrationId);
      // Without an end at all it is no part of this plan, which was only made because it is applied already.
      if (other !== undefined && end !== null) {
        const justNow = other === run && lost.has(migrationId);
        if (isLost(end, justNow)) return { verdict: { kind: 'blocked', dependency }, passed };
        if (end === undefined && other !== run) return { verdict: { kind: 'waits', for: other }, passed };
      }
      passed += 1;
    }
    return { verdict: { kind: 'ready' }, passed };
  }
}

/** From so many dependencies on, those that are done are remembered: a step that waits for a fleet is asked often. */
const MANY = 16;

interface Waits {
  readonly own: readonly StepDependency[];
  readonly others: readonly StepDependency[];
  /** How many of `others` are done. */
  passed: number;
}

/** The first rollback of a target that ended undone; `null` when there is none. */
function newestLeft(run: TargetRun): PlanStep | null {
  const { steps } = run.group;
  const left = steps.find(({ direction, migrationId }) => {
    const end = direction === 'down' ? run.outcomeOf(migrationId) : undefined;
    return end !== undefined && end !== null && !isDone(end);
  });
  return left ?? null;
}

function blockedBy({ migrationId }: PlanStep, { target: { connection, schema } }: TargetRun): Verdict {
  return { kind: 'blocked', dependency: { connection, schema, migrationId } };
}

/** A step is lost when it ended undone, or is about to (`justNow`), being blocked itself. */
function isLost(end: StepOutcome | undefined, justNow: boolean): boolean {
  return justNow || (end !== undefined && !isDone(end));
}

type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits'; readonly for: TargetRun }
  | { readonly kind: 'blocked'; readonly dependency: StepDependency };
