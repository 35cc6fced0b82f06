import type { Checksum, LedgerEvent, SchemaName, Target } from '@bfm/core';
import type {
  FoundElsewhere,
  HistoryQuery,
  InspectQuery,
  OpenOptions,
  OpenResult,
  RequiredObject,
  Revision,
  SearchedName,
  StoreKeeper,
  StoreSnapshot,
  TargetStore,
} from '@bfm/engine';
import type pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { databaseIdentity } from './database-identity.ts';
import { ensureLedger, ledgerFormat } from './ensure-ledger.ts';
import { foundInPublic } from './found-in-public.ts';
import { readHistory } from './history.ts';
import { inspect } from './inspect.ts';
import { KnownEntries } from './known-entries.ts';
import { revisionKey } from './ledger-writes.ts';
import { missingRequirements } from './missing-requirements.ts';
import type { PoolLimits, PoolStatistics } from './pool-limits.ts';
import { cancelBackend, ConnectionPool, toClientConfig, type PooledClient } from './pool.ts';
import { PostgresKeeper } from './postgres-keeper.ts';
import { PostgresSession } from './postgres-session.ts';
import type { BareFailpoint } from './resumable/bare-context.ts';
import { BuildTurns } from './resumable/build-turn.ts';
import type { ResumableTools } from './resumable/resumable-context.ts';
import { watchStatement } from './resumable/watch-statement.ts';
import { StepPace } from './step-pace.ts';
import { toStoreError } from './store-error.ts';
import { takeTarget, type TakenTarget, type TakerIdentity } from './take-target.ts';
import { withWrites } from './with-writes.ts';

/** What a store is made of. */
export interface PostgresStoreOptions {
  readonly address: PostgresAddress;
  readonly limits: PoolLimits;
  /** Milliseconds on a clock that never goes back, for durations. */
  readonly nowMs: () => number;
  /** Makes a text no other process makes, for the fence's holder. */
  readonly uniqueId: () => string;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Where tests let faults happen. Does nothing unless a test says otherwise. */
  readonly failpoint: (name: BareFailpoint) => Promise<void>;
}

/** One PostgreSQL database as a {@link TargetStore}: its ledger lives in its own schema `bfm`. */
export class PostgresStore implements TargetStore {
  readonly backend = 'postgresql';
  readonly address: string;
  /** The same store as what keeps its ledgers by hand. */
  readonly keeper: StoreKeeper;
  readonly #options: PostgresStoreOptions;
  readonly #pool: ConnectionPool;
  readonly #revisions = new Map<string, number>();
  readonly #buildTurns = new BuildTurns();
  readonly #pace = new StepPace();
  readonly #known = new KnownEntries();
  #identity: string | null = null;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    this.address = describeAddress(options.address);
    const { address, limits, nowMs, sleep } = options;
    this.#pool = new ConnectionPool({ address, limits, nowMs, sleep });
    this.keeper = new PostgresKeeper({
      address: this.address,
      lend: (work) => this.#with(work),
      taker: (client) => this.#taker(client, new KnownEntries()),
      nowMs: options.nowMs,
    });
  }

  /** See {@link TargetStore.inspect}. */
  async inspect(queries: readonly InspectQuery[]): Promise<StoreSnapshot> {
    return this.#with((client) => inspect(client, this.address, queries));
  }

  /** See {@link TargetStore.revisionTexts}. */
  async revisionTexts(checksums: readonly Checksum[]): Promise<ReadonlyMap<Checksum, string>> {
    return this.#with(async (client) => {
      if ((await ledgerFormat(client, this.address)) === null) return new Map();
      const found = await client.query<{ checksum: Checksum; body: string }>(
        'SELECT DISTINCT checksum, body FROM bfm.revision WHERE checksum = ANY($1::text[])',
        [checksums],
      );
      return new Map(found.rows.map(({ checksum, body }) => [checksum, body]));
    });
  }

  /** See {@link TargetStore.missingRequirements}. */
  async missingRequirements(required: readonly RequiredObject[]): Promise<readonly RequiredObject[]> {
    return this.#with((client) => missingRequirements(client, required));
  }

  /** See {@link TargetStore.foundInPublic}. */
  async foundInPublic(
    names: readonly SearchedName[],
    schemas: readonly SchemaName[],
  ): Promise<readonly FoundElsewhere[]> {
    return this.#with((client) => foundInPublic(client, names, schemas));
  }

  /** See {@link TargetStore.querySchemas}. */
  async querySchemas(sql: string): Promise<readonly string[]> {
    return this.#with(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY');
      try {
        const found = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
        return found.rows
          .map(([first]) => first ?? null)
          .filter((value) => value !== null)
          .map(String);
      } finally {
        await client.query('ROLLBACK').catch(() => undefined);
      }
    });
  }

  /** See {@link TargetStore.history}. */
  async history(query: HistoryQuery): Promise<readonly LedgerEvent[]> {
    return this.#with(async (client) =>
      (await ledgerFormat(client, this.address)) === null ? [] : readHistory(client, query),
    );
  }

  /** See {@link TargetStore.prepare}. */
  async prepare(revisions: readonly Revision[]): Promise<void> {
    await this.#with(async (client) => {
      await ensureLedger(client, this.address);
      const column = <K extends keyof Revision>(key: K): Revision[K][] => revisions.map((item) => item[key]);
      const texts = [column('checksum'), column('algorithm'), column('text')];
      await withWrites(client, () =>
        client.query(STORE_REVISIONS, [column('migrationId'), column('version'), column('name'), ...texts]),
      );
      const stored = await client.query<{ revision_id: number; migration_id: string; checksum: string }>(
        'SELECT revision_id, migration_id, checksum FROM bfm.revision WHERE migration_id = ANY($1::text[])',
        [column('migrationId')],
      );
      for (const row of stored.rows) {
        this.#revisions.set(revisionKey(row.migration_id, row.checksum), row.revision_id);
      }
    });
  }

  /** See {@link TargetStore.tryOpen}. */
  async tryOpen(options: OpenOptions): Promise<OpenResult> {
    const client = await this.#pool.checkOut();
    try {
      const known = options.mayShare === true ? this.#known : new KnownEntries();
      const found = await takeTarget(client, options, await this.#taker(client, known));
      if (!found.ok) {
        client.release();
        return found;
      }
      return { ok: true, session: this.#session(client, options.target, found) };
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw toStoreError(error, this.address, this.#options.address.user);
    }
  }

  /** The connections to this database now, and what happened to them so far. */
  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  /** See {@link TargetStore.close}. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #taker(client: pg.ClientBase, known: KnownEntries): Promise<TakerIdentity> {
    this.#identity ??= await databaseIdentity(client);
    return { identity: this.#identity, uniqueId: this.#options.uniqueId(), known };
  }

  #session(client: PooledClient, target: Target, { hold, entries, pid }: TakenTarget): PostgresSession {
    return new PostgresSession({
      client,
      target,
      hold: { ...hold, revisions: this.#revisions },
      entries,
      nowMs: this.#options.nowMs,
      pace: this.#pace,
      cancel: () => cancelBackend(this.#options.address, pid),
      tools: this.#tools(pid),
    });
  }

  #tools(pid: number): ResumableTools {
    const { sleep, failpoint, address, limits } = this.#options;
    const config = toClientConfig(address, limits.connectTimeoutMs);
    return {
      buildTurns: this.#buildTurns,
      sleep,
      failpoint,
      watch: (signal, tell) => watchStatement({ pid, config, sleep }, signal, tell),
    };
  }

  async #with<T>(work: (client: PooledClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.checkOut();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw toStoreError(error, this.address, this.#options.address.user);
    }
  }
}

const STORE_REVISIONS = `
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (migration_id, checksum) DO NOTHING`;
