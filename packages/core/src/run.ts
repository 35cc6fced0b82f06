import type { BfmError } from './errors/bfm-error.ts';
import type { MigrationId } from './migration-id.ts';
import type { Direction } from './migration.ts';
import type { Target } from './target.ts';

/** How a step ended. `planned` stands in dry runs only. */
export type StepOutcome =
  'applied' | 'rolled_back' | 'skipped' | 'failed' | 'not_started' | 'needs_attention' | 'planned';

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
  readonly steps: readonly StepResult[];
  readonly summary: RunSummary;
}

/** Counts outcomes. Planned steps of a dry run are in none of the counts. */
export function toRunSummary(steps: readonly Pick<StepResult, 'outcome'>[]): RunSummary {
  const summary = { applied: 0, rolled_back: 0, skipped: 0, failed: 0, not_started: 0, needs_attention: 0 };
  for (const { outcome } of steps) {
    if (outcome !== 'planned') summary[outcome] += 1;
  }
  return summary;
}
