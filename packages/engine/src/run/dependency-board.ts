import { BfmError, targetKey, type PlanStep, type StepDependency } from '@bfm/core';
import { isDone, type StepEnd, type TargetRun } from './target-run.ts';

/** What stands between a target and its next steps. */
export interface NextSteps {
  /** Indices that may run now, in order. */
  readonly ready: readonly number[];
  /** Indices that can never run, because what they depend on was not done. */
  readonly blocked: readonly { readonly index: number; readonly error: BfmError }[];
  /** A target that must get further before the rest may run; `null` when nothing is left. */
  readonly waitsFor: TargetRun | null;
}

/** Knows every target of a run and so which steps may go. Pure bookkeeping: no I/O, no time. */
export class DependencyBoard {
  readonly #runs: ReadonlyMap<string, TargetRun>;

  constructor(runs: readonly TargetRun[]) {
    this.#runs = new Map(runs.map((run) => [targetKey(run.target), run]));
  }

  /**
   * The steps of a target that may run now. Stops at the first step that waits for another target: the steps of one
   * target keep their order. A failed step stops its dependents only.
   */
  next(run: TargetRun): NextSteps {
    const ready: number[] = [];
    const blocked: { index: number; error: BfmError }[] = [];
    const lost = new Set<string>();
    for (const index of run.open()) {
      const step = run.step(index);
      const verdict = this.#judge(run, step, lost);
      if (verdict.kind === 'waits') return { ready, blocked, waitsFor: verdict.for };
      if (verdict.kind === 'ready') {
        ready.push(index);
      } else {
        lost.add(step.migrationId);
        blocked.push({ index, error: blockedError(run, step, verdict.dependency) });
      }
    }
    return { ready, blocked, waitsFor: null };
  }

  #judge(run: TargetRun, step: PlanStep, lost: ReadonlySet<string>): Verdict {
    for (const dependency of step.after) {
      const { connection, schema, migrationId } = dependency;
      const other = this.#runs.get(targetKey({ connection, schema: schema ?? run.target.schema }));
      const end = other?.endOf(migrationId);
      // Not part of this plan: the plan was only made because it is applied already.
      if (other === undefined || end === null) continue;
      if (isLost(end, other === run && lost.has(migrationId))) return { kind: 'blocked', dependency };
      if (end === undefined && other !== run) return { kind: 'waits', for: other };
    }
    return { kind: 'ready' };
  }
}

/** A step is lost when it ended undone, or is about to (`justNow`), being blocked itself. */
function isLost(end: StepEnd | undefined, justNow: boolean): boolean {
  return justNow || (end !== undefined && !isDone(end));
}

type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits'; readonly for: TargetRun }
  | { readonly kind: 'blocked'; readonly dependency: StepDependency };

function blockedError(run: TargetRun, step: PlanStep, dependency: StepDependency): BfmError {
  const { connection, schema } = run.target;
  const done = step.direction === 'up' ? 'applied' : 'rolled back';
  return new BfmError('step.blocked', {
    message: `not started: ${dependency.migrationId} (${dependency.connection}/${dependency.schema ?? schema}) was not ${done}`,
    details: {
      where: { migration_id: step.migrationId, connection, schema },
      dependency: dependency.migrationId,
    },
    next: 'mend that one and run the same command again',
  });
}
