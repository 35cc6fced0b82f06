import type { BfmError, LedgerEntry, MigrationId, PlanStep, SchemaName, StatementProgress } from '@bfm/core';

/** A ledger row as read inside the lock. */
export interface LockedEntry extends LedgerEntry {
  /** The run that wrote the row: tells whether a lost commit was ours. */
  readonly runId: string;
}

/** Times of a series; a step's own directives go before them. */
export interface SeriesTimeouts {
  readonly lockTimeoutMs: number;
  /** 0: none. */
  readonly statementTimeoutMs: number;
  /** Between two batches of a backfill. */
  readonly batchPauseMs: number;
}

/** Steps to run one after the other on the session's target. */
export interface StepSeries {
  readonly steps: readonly PlanStep[];
  /** One transaction per step, or one round all neighbours that run in transactions. */
  readonly commit: 'per-migration' | 'per-target';
  /** Create the schema inside the first step's transaction. */
  readonly createSchema: SchemaName | null;
  readonly timeouts: SeriesTimeouts;
  /** No further step is sent once this is aborted. */
  readonly stop: AbortSignal;
  /** Aborted: the running statement is cancelled and its transaction aborted. */
  readonly cancel: AbortSignal;
}

/** Hears what happens while a series runs; indices are into `series.steps`. Must not throw. */
export interface SeriesObserver {
  /** The step is on its way: should the connection break, it may be done. Steps that are sent together begin later. */
  stepSent(index: number): void;
  stepStarted(index: number): void;
  statementFinished(index: number, report: StatementReport): void;
  /** A long statement goes on; told every few seconds at most. */
  statementProgress(index: number, statement: number, progress: StatementProgress): void;
  notice(index: number, severity: string, message: string): void;
  /** The step is done and committed, its ledger row with it. */
  stepCommitted(index: number, durationMs: number): void;
}

/** One statement done. */
export interface StatementReport {
  /** 1-based. */
  readonly statement: number;
  readonly durationMs: number;
  readonly command: string;
  readonly sql: string;
}

/**
 * Why a series stopped. `failed`: the statement is at fault. `contended`: lock timeout, deadlock or serialization,
 * worth another try. `lost`: the connection broke, what was in flight is unknown until the ledger is read again.
 * `fenced`: another run took the target. `cancelled`: asked to. `attention`: what a statement outside of transactions
 * left behind cannot be found out or is not BFM's to mend.
 */
export type SeriesFailureKind = 'failed' | 'contended' | 'lost' | 'fenced' | 'cancelled' | 'attention';

/**
 * What stopped a series. Nothing of the steps from `index` on is in the target, but for a step that is not one
 * transaction: what it has done stays, and the ledger knows how far it came. `lost`: nobody knows yet.
 */
export interface SeriesFailure {
  readonly index: number;
  readonly kind: SeriesFailureKind;
  readonly error: BfmError;
  readonly durationMs: number;
}

/** How a series ended: how many of its first steps are committed, and why it stopped early if it did. */
export interface SeriesResult {
  readonly committed: number;
  readonly failure: SeriesFailure | null;
}

/** Something to remember in the ledger about a migration that was not applied. */
export interface PendingNote {
  readonly migrationId: MigrationId;
  readonly status: 'failed' | 'deferred';
  /** For history; `null` for deferred ones. */
  readonly error: string | null;
}

/** A taken target: one pinned connection, lock and fence held until disposed. Not for concurrent use. */
export interface TargetSession extends AsyncDisposable {
  readonly fencingToken: string;
  /**
   * Aborted once what keeps others waiting is known to be lost while the connection that works still stands; that one is
   * never exchanged for another. A connection that breaks shows by what is done on it.
   */
  readonly lost: AbortSignal;
  /** The ledger as it was when the lock had been taken. */
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  /**
   * Resolves once what `entries` says can no longer be lost: its writer may not have waited for the disk, and then died.
   * To be awaited before anybody is told that a step is done because the ledger says so.
   */
  settle(): Promise<void>;
  /** Runs the steps until the first failure; never throws for a failing step. */
  applySeries(series: StepSeries, observer: SeriesObserver): Promise<SeriesResult>;
  /**
   * Waits while the target stays held: between two tries, say. Ends early when the signal is aborted.
   *
   * @throws {target.unreachable} when it shows that the connection is lost
   */
  rest(ms: number, signal: AbortSignal): Promise<void>;
  /** Remembers, under the fence, what stays pending. */
  note(notes: readonly PendingNote[]): Promise<void>;
  /** Gives lock and connection back. Never throws: what cannot be released is dropped with its connection. */
  [Symbol.asyncDispose](): Promise<void>;
}
