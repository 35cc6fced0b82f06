import type { BfmError } from './errors/bfm-error.ts';
import type { MigrationId } from './migration-id.ts';
import type { Direction } from './migration.ts';
import type { RunResult, StepResult } from './run.ts';
import type { TargetHolder } from './target-holder.ts';
import type { Target } from './target.ts';

/** A step as events name it. */
export interface StepRef {
  readonly target: Target;
  readonly migrationId: MigrationId;
  readonly direction: Direction;
}

/** How far a long statement or backfill has come. */
export interface StatementProgress {
  /** What is going on, as in `building index: scanning table`. */
  readonly phase: string;
  readonly done: number;
  /** `null`: not known. */
  readonly total: number | null;
  readonly unit: 'rows' | 'blocks' | 'transactions' | 'steps';
  /** Who it waits for, as in `pid 4711 (psql, idle in transaction)`; `null` when for nobody. */
  readonly waitingFor: string | null;
}

/** What the engine tells while it works; logs, metrics, progress bars and streams are subscribers. */
export type EngineEvent =
  | {
      readonly type: 'run.started';
      readonly runId: string;
      readonly targets: number;
      readonly steps: number;
    }
  | {
      /** To take a target, somebody is asked now: for its lease, or its own store. */
      readonly type: 'target.asking';
      readonly target: Target;
      readonly whom: 'locks' | 'store';
      /** Where that is, for people, without secrets. */
      readonly address: string;
    }
  | {
      /** Somebody else holds the target; told again when it is somebody else by now. */
      readonly type: 'target.waiting';
      readonly target: Target;
      readonly holder: TargetHolder;
    }
  | { readonly type: 'target.started'; readonly target: Target; readonly fencingToken: string }
  | {
      /** What kept others waiting, or the connection, was lost while the target was held; it is taken anew. */
      readonly type: 'target.lost';
      readonly target: Target;
      readonly error: BfmError;
    }
  | { readonly type: 'target.finished'; readonly target: Target; readonly failed: boolean }
  | {
      readonly type: 'step.started';
      readonly step: StepRef;
      readonly statements: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'statement.finished';
      readonly step: StepRef;
      /** 1-based. */
      readonly statement: number;
      readonly durationMs: number;
      /** What the server answered, such as `CREATE TABLE` or `INSERT 0 5`. */
      readonly command: string;
      readonly sql: string;
    }
  | {
      readonly type: 'statement.progress';
      readonly step: StepRef;
      /** 1-based. */
      readonly statement: number;
      readonly progress: StatementProgress;
    }
  | {
      readonly type: 'notice';
      readonly step: StepRef;
      readonly severity: string;
      readonly message: string;
    }
  | {
      readonly type: 'step.retrying';
      readonly step: StepRef;
      /** The attempt that failed, 1-based. */
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: BfmError;
    }
  | { readonly type: 'step.finished'; readonly result: StepResult }
  | {
      /** A step that the run had applied was taken back, or should have been, because another store of its unit has failed. */
      readonly type: 'step.undone';
      readonly result: StepResult;
    }
  | { readonly type: 'run.finished'; readonly result: RunResult };
