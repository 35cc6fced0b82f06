import type { Audit } from './audit.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import type { KnownMigrationReads, KnownMigrations } from './known-migrations.ts';
import type { Projection, ProjectionReads } from './projection.ts';
import type { RunEventReads, RunEvents } from './run-events.ts';
import type { RunJobs, RunQueue } from './run-queue.ts';
import type { RunHold, RunReads, RunStore } from './run-store.ts';
import type { Skips, SkipReads } from './skips.ts';
import type { StateAction, StateActor } from './state-actor.ts';
import type { StateExamination } from './state-examination.ts';
import type { StepReads, StepStore } from './step-store.ts';
import type { TokenReads, Tokens } from './tokens.ts';

/** All there is, to be read in one snapshot-free transaction that can change nothing. */
export interface StateReads {
  readonly runs: RunReads;
  readonly events: RunEventReads;
  readonly steps: StepReads;
  readonly projection: ProjectionReads;
  readonly migrations: KnownMigrationReads;
  readonly skips: SkipReads;
  readonly tokens: TokenReads;
  readonly audit: Audit;
}

/** What machines note without anybody having asked for it: no audit entry. */
export interface StateNotes {
  readonly jobs: RunJobs;
  readonly events: RunEvents;
  readonly steps: StepStore;
  readonly projection: Projection;
  readonly skips: Skips;
  readonly slots: ConnectionSlots;
  readonly tokens: Pick<Tokens, 'noteUse'>;
  readonly idempotencyKeys: Pick<IdempotencyKeys, 'sweep'>;
}

/** What somebody's action may change. */
export interface StateWrites extends StateNotes {
  readonly runs: RunStore;
  readonly migrations: KnownMigrations;
  readonly tokens: Tokens;
  readonly audit: Audit;
  readonly idempotencyKeys: IdempotencyKeys;
}

/** What the holder of a run hears when it renews its lease. */
export interface RunHeartbeat {
  readonly cancelRequested: boolean;
  readonly pauseRequested: boolean;
}

/**
 * The control plane's memory. Every method may be called concurrently, and each call is one transaction with a deadline for
 * every statement: what `work` throws aborts it. `work` is called again, in a new transaction, when the database gave the first
 * one up because of others (a deadlock), so that it changes nothing but the state; it must not keep what it is handed.
 *
 * @throws {state.unavailable} {state.not_ready}
 */
export interface StateStore {
  /** Changes something, together with its audit entry: both are kept or neither. */
  write<T>(actor: StateActor, action: StateAction, work: (state: StateWrites) => Promise<T>): Promise<T>;
  /** Notes what a worker does under its fence, or what follows from what was audited before. */
  note<T>(work: (state: StateNotes) => Promise<T>): Promise<T>;
  /** Reads; the database itself refuses any change. */
  read<T>(work: (state: StateReads) => Promise<T>): Promise<T>;
  /** What hands runs to workers. */
  readonly queue: RunQueue;
  /** Renews the lease of a run, on a connection that nothing else keeps busy. @throws {run.fence_lost} */
  heartbeat(hold: RunHold, leaseMs: number): Promise<RunHeartbeat>;
  /** Tells whether the schema is there and of this build. @throws {state.newer} {state.not_ready} {state.unavailable} */
  check(): Promise<void>;
  /** Looks through all tables for rows that no BFM can have written. Changes nothing. */
  examine(): Promise<StateExamination>;
  /** Ends all connections. May be called again. */
  close(): Promise<void>;
}
