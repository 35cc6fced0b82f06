import {
  isBfmError,
  type Checksum,
  type LedgerEvent,
  type MigrationId,
  type Requirements,
  type SchemaName,
} from '@bfm/core';
import type {
  HistoryQuery,
  InspectQuery,
  LockedEntry,
  OpenOptions,
  OpenResult,
  Revision,
  StoreSnapshot,
  TargetStore,
} from '@bfm/engine';
import type pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { databaseIdentity } from './database-identity.ts';
import { ensureLedger, ledgerFormat } from './ensure-ledger.ts';
import { readHistory } from './history.ts';
import { inspect } from './inspect.ts';
import { revisionKey } from './ledger-writes.ts';
import { missingRequirements } from './missing-requirements.ts';
import { classifyPgError, toUnreachable } from './pg-errors.ts';
import { cancelBackend, checkOut, createPool, type PooledClient } from './pool.ts';
import { PostgresSession } from './postgres-session.ts';

/** What a store is made of. */
export interface PostgresStoreOptions {
  readonly address: PostgresAddress;
  /** The connection budget of this database, at least 1. */
  readonly connectionsMax: number;
  /** Milliseconds on a clock that never goes back, for durations. */
  readonly nowMs: () => number;
  /** Makes a text no other process makes, for the fence's holder. */
  readonly uniqueId: () => string;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** One PostgreSQL database as a {@link TargetStore}: its ledger lives in its own schema `bfm`. */
export class PostgresStore implements TargetStore {
  readonly backend = 'postgresql';
  readonly address: string;
  readonly #options: PostgresStoreOptions;
  readonly #pool: pg.Pool;
  readonly #revisions = new Map<string, number>();
  #identity: string | null = null;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    this.address = describeAddress(options.address);
    const { address, connectionsMax } = options;
    this.#pool = createPool({ address, connectionsMax, connectTimeoutMs: CONNECT_TIMEOUT_MS });
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
  async missingRequirements(requires: Requirements, schema: SchemaName): Promise<readonly string[]> {
    return this.#with((client) => missingRequirements(client, requires, schema));
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
      await client.query(STORE_REVISIONS, [
        column('migrationId'),
        column('version'),
        column('name'),
        column('checksum'),
        column('algorithm'),
        column('text'),
      ]);
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
    const client = await checkOut(this.#pool, this.#options.address);
    try {
      this.#identity ??= await databaseIdentity(client);
      const { connection, schema } = options.target;
      const holder = `${options.actor} (run ${options.runId}, session ${this.#options.uniqueId()})`;
      const [taken, rows, backend] = await Promise.all([
        client.query<TakenRow>({
          name: 'bfm_take',
          text: TAKE,
          values: [connection, schema, holder, this.#identity],
        }),
        // Sent behind the take and so run after it: the ledger as it stands inside the lock.
        client.query<EntryRow>({ name: 'bfm_entries', text: ENTRIES, values: [connection, schema] }),
        client.query<{ pid: number }>({ name: 'bfm_pid', text: 'SELECT pg_catalog.pg_backend_pid() AS pid' }),
      ]);
      const take = taken.rows[0];
      if (take?.o_scope == null || take.o_token === null) {
        client.release();
        return { ok: false, holder: take?.o_held_by ?? 'another session' };
      }
      return {
        ok: true,
        session: this.#session(client, options, {
          take: { ...take, o_scope: take.o_scope, o_token: take.o_token },
          rows: rows.rows,
          holder,
          pid: backend.rows[0]?.pid ?? 0,
        }),
      };
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw this.#toStoreError(error);
    }
  }

  /** See {@link TargetStore.close}. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  #session(client: PooledClient, options: OpenOptions, found: Found): PostgresSession {
    const { runId, actor, target } = options;
    const { take, holder, pid, rows } = found;
    return new PostgresSession({
      client,
      target,
      hold: { scopeId: take.o_scope, token: take.o_token, holder, runId, actor, revisions: this.#revisions },
      entries: new Map(rows.map((row) => [row.migration_id, toLockedEntry(row)])),
      nowMs: this.#options.nowMs,
      cancel: () => cancelBackend(this.#options.address, pid),
    });
  }

  async #with<T>(work: (client: PooledClient) => Promise<T>): Promise<T> {
    const client = await checkOut(this.#pool, this.#options.address);
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw this.#toStoreError(error);
    }
  }

  #toStoreError(error: unknown): unknown {
    if (isBfmError(error) || classifyPgError(error) !== 'lost') return error;
    return toUnreachable(error, this.address);
  }
}

interface Found {
  readonly take: { readonly o_scope: number; readonly o_token: string };
  readonly rows: readonly EntryRow[];
  readonly holder: string;
  readonly pid: number;
}

interface TakenRow {
  readonly o_scope: number | null;
  readonly o_token: string | null;
  readonly o_held_by: string | null;
}

interface EntryRow {
  readonly migration_id: MigrationId;
  readonly version: LockedEntry['version'];
  readonly checksum: Checksum;
  readonly status: LockedEntry['status'];
  readonly run_id: string;
}

const TAKE = 'SELECT o_scope, o_token::text, o_held_by FROM bfm.take($1, $2, $3, $4)';

const ENTRIES = `
SELECT l.migration_id, r.version, r.checksum, l.status, l.run_id
FROM bfm.scope s JOIN bfm.ledger l USING (scope_id) JOIN bfm.revision r USING (revision_id)
WHERE s.connection = $1 AND s.schema_name = $2 AND s.retired_at IS NULL`;

const STORE_REVISIONS = `
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (migration_id, checksum) DO NOTHING`;

function toLockedEntry(row: EntryRow): LockedEntry {
  const { migration_id: migrationId, version, checksum, status, run_id: runId } = row;
  return { migrationId, version, checksum, status, runId };
}
