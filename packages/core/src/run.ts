import type { BfmError } from './errors/bfm-error.ts';
import type { MigrationId } from './migration-id.ts';
import type { Direction } from './migration.ts';
import type { Target } from './target.ts';

/** How a step ended. `planned` stands in dry runs only. */
export type StepOutcome =
  'applied' | 'rolled_back' | 'skipped' | 'failed' | 'not_started' | 'needs_attention' | 'planned';

/** What fails as one in a run: each target for itself, or all targets of one schema name, in whatever store. */
export type RunUnit = 'target' | 'tenant';

/** How a run ended. */
export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'planned';

/** One step of a run on one target, with how it ended. */
export interface StepResult {
  readonly target: Target;
  readonly migrationId: MigrationId;
  readonly direction: Direction;
  readonly outcome: StepOutcome;
  /** Wall time of the attempt that decided the outcome; 0 when there was none. */
  readonly durationMs: number;
  /** 1-based number of tries; 0 when there was none. */
  readonly attempts: number;
  /** Why it failed or was not started; `null` otherwise. */
  readonly error: BfmError | null;
}

/**
 * Tells whether a step's end is a failure of its target. A target that could not be taken has failed, too; what was not begun
 * for another step's sake, or because somebody stopped the run, has not.
 */
export function isFailure({ outcome, error }: Pick<StepResult, 'outcome' | 'error'>): boolean {
  if (outcome === 'failed' || outcome === 'needs_attention') return true;
  return outcome === 'not_started' && error?.code !== 'step.blocked' && error?.code !== 'run.cancelled';
}

/** How many steps ended each way. */
export interface RunSummary {
  readonly applied: number;
  readonly rolled_back: number;
  readonly skipped: number;
  readonly failed: number;
  readonly not_started: number;
  readonly needs_attention: number;
}

/** What a run gives back: every planned step is in it, whatever happened. */
export interface RunResult {
  readonly runId: string;
  readonly status: RunStatus;
  /** All steps, put together whenever this is read: for runs that are not over thousands of targets. */
  readonly steps: readonly StepResult[];
  /** Gives the steps one after the other; none of them is kept. */
  readonly eachStep: () => Iterable<StepResult>;
  /** How many steps there are. */
  readonly stepCount: number;
  readonly summary: RunSummary;
}

/** What a result is made of. */
export interface RunResultInit {
  readonly runId: string;
  /** @default told by the steps */
  readonly status?: RunStatus;
  readonly eachStep: () => Iterable<StepResult>;
}

/** Makes a result: counts outcomes, and tells how the run ended by them. */
export function toRunResult({ runId, status, eachStep }: RunResultInit): RunResult {
  const counter = new OutcomeCounter();
  for (const step of eachStep()) counter.count(step);
  return {
    runId,
    status: status ?? counter.status(),
    get steps() {
      return [...eachStep()];
    },
    eachStep,
    stepCount: counter.steps,
    summary: counter.summary,
  };
}

class OutcomeCounter {
  readonly summary = {
    applied: 0,
    rolled_back: 0,
    skipped: 0,
    failed: 0,
    not_started: 0,
    needs_attention: 0,
  };
  steps = 0;
  #cancelled = 0;

  count({ outcome, error }: StepResult): void {
    this.steps += 1;
    // Planned steps of a dry run are in none of the counts.
    if (outcome !== 'planned') this.summary[outcome] += 1;
    if (outcome === 'not_started' && error?.code === 'run.cancelled') this.#cancelled += 1;
  }

  status(): RunStatus {
    const { failed, needs_attention: attention, not_started: unstarted } = this.summary;
    if (failed + attention > 0) return 'failed';
    if (unstarted === 0) return 'succeeded';
    return unstarted === this.#cancelled ? 'cancelled' : 'failed';
  }
}
