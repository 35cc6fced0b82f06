import type {
  Checksum,
  ConnectionName,
  Failpoints,
  LedgerEvent,
  MigrationId,
  SchemaName,
  Target,
} from '@bfm/core';
import type {
  ForgottenMigration,
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
  UnfinishedMigration,
} from '@bfm/engine';
import { describeAddress } from './connection-address.ts';
import { ensureLedger, ledgerFormat } from './ensure-ledger.ts';
import { readForgotten } from './forgotten.ts';
import { foundInPublic } from './found-in-public.ts';
import { readHistory } from './history.ts';
import { inspect } from './inspect.ts';
import { LEDGER_FORMAT } from './ledger-ddl.ts';
import { revisionKey } from './ledger-writes.ts';
import { missingRequirements } from './missing-requirements.ts';
import { oneFlight } from './one-flight.ts';
import type { PoolStatistics } from './pool-limits.ts';
import { ConnectionPool, type PooledClient } from './pool.ts';
import { PostgresKeeper } from './postgres-keeper.ts';
import type { PostgresStoreOptions } from './postgres-store-options.ts';
import { toLedgerError, toStoreError } from './store-error.ts';
import { lockConnections, TargetSessions } from './target-sessions.ts';
import { readUnfinished } from './unfinished.ts';
import { withWrites } from './with-writes.ts';

/** One PostgreSQL database as a {@link TargetStore}: its ledger lives in its own schema `bfm`. */
export class PostgresStore implements TargetStore {
  readonly backend = 'postgresql';
  readonly address: string;
  /** The same store as what keeps its ledgers by hand. */
  readonly keeper: StoreKeeper;
  readonly bareStatements: TargetStore['bareStatements'];
  readonly sessionsMax: number;
  readonly #login: string;
  readonly #failpoints: Failpoints;
  readonly #pool: ConnectionPool;
  readonly #sessions: TargetSessions;
  readonly #revisions = new Map<string, number>();

  constructor(options: PostgresStoreOptions) {
    this.bareStatements = options.pooler !== null && options.pooler.direct === null ? 'refused' : 'possible';
    this.address = describeAddress(options.address);
    this.#login = options.address.user;
    this.#failpoints = options.failpoints;
    const { address, limits, pooler, nowMs, sleep, onConnecting } = options;
    const pooled = pooler !== null;
    const spare = pooled ? lockConnections(limits.connectionsMax) : 0;
    const connectionsMax = Math.max(1, limits.connectionsMax - spare);
    this.sessionsMax = connectionsMax;
    const route = { address, pooled };
    this.#pool = new ConnectionPool({
      route,
      limits: { ...limits, connectionsMax },
      nowMs,
      sleep,
      onConnecting,
    });
    this.#sessions = new TargetSessions(options, this.#pool, this.#revisions);
    this.keeper = new PostgresKeeper({
      address: this.address,
      lend: (work) => this.#with(work),
      identity: () => this.identity(),
      taker: (client) => this.#sessions.taker(client, null),
      lendLocked: (target, work) => this.#typed(() => this.#sessions.lendLocked(target, work)),
      nowMs: options.nowMs,
      failpoints: options.failpoints,
    });
  }

  /** See {@link TargetStore.identity}. */
  async identity(): Promise<string> {
    return this.#sessions.knownIdentity ?? (await this.#with((client) => this.#sessions.identity(client)));
  }

  /** See {@link TargetStore.check}. */
  async check(): Promise<void> {
    await this.#typed(() => this.#pool.check());
  }

  /** See {@link TargetStore.inspect}. */
  async inspect(queries: readonly InspectQuery[]): Promise<StoreSnapshot> {
    return this.#with((client) => inspect(client, this.address, queries));
  }

  /** See {@link TargetStore.knownSchemas}. */
  async knownSchemas(
    connection: ConnectionName,
    { after, limit }: { readonly after: SchemaName | null; readonly limit: number },
  ): Promise<readonly SchemaName[]> {
    return this.#with(async (client) => {
      if ((await ledgerFormat(client, this.address)) === null) return [];
      const found = await client.query<{ name: SchemaName }>(KNOWN_SCHEMAS, [connection, after, limit]);
      return found.rows.map(({ name }) => name);
    });
  }

  /** See {@link TargetStore.unfinished}. */
  async unfinished(targets: readonly Target[]): Promise<readonly UnfinishedMigration[]> {
    // An older ledger knows of no progress; the next run upgrades it.
    return this.#with(async (client) =>
      (await ledgerFormat(client, this.address)) === LEDGER_FORMAT ? readUnfinished(client, targets) : [],
    );
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

  /** See {@link TargetStore.forgotten}. */
  async forgotten(
    connections: readonly ConnectionName[],
    migrations: readonly MigrationId[],
  ): Promise<readonly ForgottenMigration[]> {
    return this.#with(async (client) =>
      (await ledgerFormat(client, this.address)) === null
        ? []
        : readForgotten(client, connections, migrations),
    );
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
    // Extended: the server takes one statement then, and refuses a text that ends the transaction and begins another.
    const query = { text: sql, rowMode: 'array', queryMode: 'extended' } as const;
    return this.#with(async (client) => {
      const found = await oneFlight(client, 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY', () =>
        client.query<(string | null)[]>(query),
      );
      return found.rows
        .map(([first]) => first ?? null)
        .filter((value) => value !== null)
        .map(String);
    }, toStoreError);
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
      await ensureLedger(client, this.address, this.#failpoints);
      const column = <K extends keyof Revision>(key: K): Revision[K][] => revisions.map((item) => item[key]);
      const texts = [column('checksum'), column('algorithm'), column('text')];
      await withWrites(client, { kind: 'revisions', failpoints: this.#failpoints }, () =>
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
    return this.#typed(() => this.#sessions.tryOpen(options));
  }

  /** The connections to this database now, and what happened to them so far. */
  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  /** See {@link TargetStore.close}. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#sessions.close()]);
  }

  async #typed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toLedgerError(error, this.address, this.#login);
    }
  }

  /** @param toError what to make of an error; the text may be somebody else's, and speak of other tables than the ledger's */
  async #with<T>(work: (client: PooledClient) => Promise<T>, toError = toLedgerError): Promise<T> {
    const client = await this.#pool.checkOut();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw toError(error, this.address, this.#login);
    }
  }
}

const KNOWN_SCHEMAS = `
SELECT DISTINCT schema_name COLLATE "C" AS name FROM bfm.scope
WHERE connection = $1 AND retired_at IS NULL AND ($2::text IS NULL OR schema_name COLLATE "C" > $2) ORDER BY 1 LIMIT $3`;

const STORE_REVISIONS = `
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (migration_id, checksum) DO NOTHING`;
