import { BfmError } from '@bfm/core';
import type {
  RunHeartbeat,
  RunHold,
  RunQueue,
  StateAction,
  StateActor,
  StateExamination,
  StateNotes,
  StateReads,
  StateStore,
  StateWrites,
} from '@bfm/engine';
import { AuditTable } from './audit-table.ts';
import { EventTable } from './event-table.ts';
import { IdempotencyTable } from './idempotency-table.ts';
import { KnownMigrationTable } from './known-migration-table.ts';
import { ProjectionTable } from './projection-table.ts';
import type { StatePool } from './pool-config.ts';
import { BossQueue } from './run-queue.ts';
import { renewRun, RunTable } from './run-table.ts';
import { SkipTable } from './skip-table.ts';
import { SlotTable } from './slot-table.ts';
import { StateDatabase, type StateDatabaseOptions, type StateTransaction } from './state-database.ts';
import { notReady } from './state-error.ts';
import { STATE_VERSION } from './state-version.ts';
import { StepTable } from './step-table.ts';
import { TokenTable } from './token-table.ts';
import { examineTables } from './unsound/examine-state.ts';

/** Opens the state; nothing is sent before the first use. The schema is made by the migrations of `sfm/`. */
export function openPostgresState(options: StateDatabaseOptions): PostgresState {
  return new PostgresState(options);
}

/** The state on PostgreSQL. */
export class PostgresState implements StateStore {
  readonly #database: StateDatabase;
  /** Of its own, so that renewing a lease never waits behind what is slow. */
  readonly #heartbeats: StateDatabase;
  readonly #queue: BossQueue;
  #closing: Promise<void> | null = null;

  constructor(options: StateDatabaseOptions) {
    this.#queue = new BossQueue(options);
    this.#database = new StateDatabase(options);
    this.#heartbeats = new StateDatabase({ ...options, limits: { ...options.limits, connectionsMax: 1 } });
  }

  get queue(): RunQueue {
    return this.#queue;
  }

  /** Its connections now. */
  pools(): readonly StatePool[] {
    const queue = this.#queue.pool();
    const own = [this.#database.pool('work'), this.#heartbeats.pool('heartbeats')];
    return queue === null ? own : [...own, queue];
  }

  write<T>(actor: StateActor, action: StateAction, work: (state: StateWrites) => Promise<T>): Promise<T> {
    return this.#database.transact('write', async (transaction) => {
      const state = this.#everything(transaction);
      const result = await work(state);
      await state.audit.append(actor, action);
      return result;
    });
  }

  note<T>(work: (state: StateNotes) => Promise<T>): Promise<T> {
    return this.#database.transact('write', (transaction) => work(this.#everything(transaction)));
  }

  read<T>(work: (state: StateReads) => Promise<T>): Promise<T> {
    return this.#database.transact('read', (transaction) => work(this.#everything(transaction)));
  }

  heartbeat(hold: RunHold, leaseMs: number): Promise<RunHeartbeat> {
    return renewRun({ query: (text, values) => this.#heartbeats.once(text, values) }, hold, leaseMs);
  }

  async check(): Promise<void> {
    const { address } = this.#database;
    const [row] = await this.#database.transact('read', ({ query }) =>
      query<{ version: string }>(VERSION, []),
    );
    if (row === undefined || row.version < STATE_VERSION) throw notReady(address);
    if (row.version > STATE_VERSION) throw newer(address, row.version);
  }

  async examine(): Promise<StateExamination> {
    const { address } = this.#database;
    return { address, rows: await this.#database.transact('read', examineTables) };
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    await Promise.all([this.#database.close(), this.#heartbeats.close()]);
  }

  #everything(transaction: StateTransaction): StateWrites & { readonly audit: AuditTable } {
    return {
      jobs: { enqueue: (runId) => this.#queue.enqueue(runId, transaction) },
      runs: new RunTable(transaction),
      events: new EventTable(transaction),
      steps: new StepTable(transaction),
      projection: new ProjectionTable(transaction),
      migrations: new KnownMigrationTable(transaction),
      skips: new SkipTable(transaction),
      tokens: new TokenTable(transaction),
      audit: new AuditTable(transaction),
      idempotencyKeys: new IdempotencyTable(transaction),
      slots: new SlotTable(transaction),
    };
  }
}

function newer(address: string, version: string): BfmError {
  return new BfmError('state.newer', {
    message: `the state at ${address} was brought to version ${version} by a newer BFM; this one knows ${STATE_VERSION}; nothing was changed`,
    details: { address, found: version, known: STATE_VERSION },
    next: 'use the newer bfm everywhere, or restore the state from before it was upgraded',
  });
}

const VERSION = `SELECT version FROM state_version`;
