import type { BackendName, Direction, StepOutcome } from '@bfm/core';
import type { PageRequest, StatePage } from './page.ts';
import type { RunHold } from './run-store.ts';
import type { JsonObject } from './state-actor.ts';

/** What became of one step of a run. */
export interface StoredStep {
  /** 1-based, in the order of the plan. */
  readonly position: number;
  readonly migrationId: string;
  readonly connection: string;
  readonly schema: string;
  readonly backend: BackendName;
  readonly direction: Direction;
  readonly outcome: Exclude<StepOutcome, 'planned'>;
  readonly attempts: number;
  readonly durationMs: number;
  readonly error: JsonObject | null;
}

/** A step as history tells it. */
export interface HistoryStep extends StoredStep {
  readonly runId: string;
  readonly actor: string;
  readonly method: string;
  readonly context: JsonObject;
  readonly recordedAt: string;
}

/** Which steps are wanted; `null` is any. */
export interface StepFilter {
  readonly migrationId: string | null;
  readonly connection: string | null;
  readonly schema: string | null;
  readonly outcome: StoredStep['outcome'] | null;
}

/** One taking of a run. */
export interface StoredAttempt {
  readonly fence: string;
  readonly worker: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly end: 'succeeded' | 'failed' | 'cancelled' | 'lost' | 'stopped' | null;
  /** Whether it applied or rolled back anything. */
  readonly hasDone: boolean;
}

/** Steps and attempts as anybody may read them. */
export interface StepReads {
  /** By position. */
  ofRun(runId: string, page: PageRequest): Promise<StatePage<StoredStep>>;
  /** Of all runs, what was recorded last first. */
  history(filter: StepFilter, page: PageRequest): Promise<StatePage<HistoryStep>>;
  /** The first one first. */
  attempts(runId: string): Promise<readonly StoredAttempt[]>;
}

/** Steps as the worker of a run records them. */
export interface StepStore extends StepReads {
  /** Records any number of steps; a step recorded before is replaced. @throws {run.fence_lost} */
  record(hold: RunHold, steps: readonly StoredStep[]): Promise<void>;
}
