import type { Plan, RunUnit } from '@bfm/core';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { LockProvider } from '../ports/lock-provider.ts';
import type { SessionBudget } from '../ports/session-budget.ts';
import type { TargetStore, Revision } from '../ports/target-store.ts';

/** How a plan is to be run; every field is decided. */
export interface RunOptions {
  readonly runId: string;
  /** Who runs it: `user@host`, for the ledger and for those who wait. */
  readonly actor: string;
  /** Of this process, for those who wait. */
  readonly pid: number;
  /** Targets worked on at the same time, at least 1. Each store's own connection budget applies besides. */
  readonly concurrency: number;
  /** Once so many targets have failed, at least 1, nothing new is begun; `null`: whatever fails, the others go on. */
  readonly failuresMax: number | null;
  /**
   * What fails as one: a target, or all targets of a tenant, which are those of one schema name in whatever store. Of a
   * tenant one target is worked on at a time, and once one has failed nothing new is begun in the others.
   */
  readonly unit: RunUnit;
  /** One transaction per migration, or one round all consecutive ones of a target. */
  readonly commit: 'per-migration' | 'per-target';
  /** How long to wait for another holder of a target. */
  readonly lockWaitMs: number;
  readonly lockTimeoutMs: number;
  /** 0: none. */
  readonly statementTimeoutMs: number;
  /** Between two batches of a backfill whose file says nothing; 0: none. */
  readonly batchPauseMs: number;
  /** Tries of one transaction when locks are contended, at least 1. */
  readonly attemptsMax: number;
  /** Aborted: no new migration is begun, running ones finish. */
  readonly stop: AbortSignal;
  /** Aborted: running statements are cancelled too. */
  readonly cancel: AbortSignal;
}

/** What a run works with. */
export interface RunContext {
  readonly plan: Plan;
  readonly options: RunOptions;
  /** The store of each connection in the plan. */
  readonly stores: ReadonlyMap<string, TargetStore>;
  /** Who hands out leases besides; `null`: sessions' own locks are all that keeps others waiting. */
  readonly locks: LockProvider | null;
  /** Shares sessions with runs of other processes; `null`: each process has its own. */
  readonly budget: SessionBudget | null;
  /** The texts of the plan's migrations, for the ledger. */
  readonly revisions: readonly Revision[];
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly emit: EventSink;
}

/** Lock timeout when neither the run nor a directive says otherwise: readers queue behind us no longer than this. */
export const DEFAULT_LOCK_TIMEOUT_MS = 2_000;

/** Tries of a contended transaction when the run does not say otherwise. */
export const DEFAULT_ATTEMPTS_MAX = 10;

/** How long `up` waits for another holder when the run does not say otherwise. */
export const DEFAULT_LOCK_WAIT_MS = 10_000;
