import type { Failpoints, MigrationId, SchemaName, Target, TargetHolder } from '@bfm/core';
import type {
  EditOptions,
  EditResult,
  LedgerEdit,
  LockedLedger,
  ScopeChange,
  ScopePlace,
  ScopeRecord,
  ScopeResult,
  SchemaObject,
  SessionHold,
  StoreExamination,
  StoreKeeper,
} from '@bfm/engine';
import type pg from 'pg';
import { baselinedRows } from './baselined-rows.ts';
import { catalogChecksums, catalogItems } from './catalog-checksum/catalog-checksum.ts';
import { databaseIdentity } from './database-identity.ts';
import { ensureLedger, ledgerFormat } from './ensure-ledger.ts';
import { examineStore } from './examine/examine-store.ts';
import { findObjects } from './find-objects.ts';
import { listHolds } from './holds/list-holds.ts';
import { releaseHold, type Releasing } from './holds/release-hold.ts';
import { inSnapshot } from './in-snapshot.ts';
import { editLedger } from './ledger-edits.ts';
import { dropSchema } from './scopes/drop-schema.ts';
import { listScopes } from './scopes/list-scopes.ts';
import { outsideDependents } from './scopes/outside-dependents.ts';
import { renameConnection } from './scopes/rename-connection.ts';
import { retireScopes } from './scopes/retire-scopes.ts';
import type { TakerIdentity } from './taker-identity.ts';

/** What a keeper needs of its store. */
export interface KeeperInit {
  readonly address: string;
  readonly identity: () => Promise<string>;
  /** Lends a connection; errors come out typed. */
  readonly lend: <T>(work: (client: pg.ClientBase) => Promise<T>) => Promise<T>;
  readonly taker: (client: pg.ClientBase) => Promise<TakerIdentity>;
  /** Lends a connection while a target is locked, or says who holds it; errors come out typed. */
  readonly lendLocked: <T extends { readonly ok: boolean }>(
    target: Target,
    work: (client: pg.ClientBase, taker: TakerIdentity) => Promise<T>,
  ) => Promise<T | { readonly ok: false; readonly holder: TargetHolder }>;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly failpoints: Failpoints;
}

/** Keeps the ledgers of one PostgreSQL database where no migration does. */
export class PostgresKeeper implements StoreKeeper {
  readonly address: string;
  readonly #init: KeeperInit;

  constructor(init: KeeperInit) {
    this.address = init.address;
    this.#init = init;
  }

  /** See {@link StoreKeeper}. */
  identity(): Promise<string> {
    return this.#init.identity();
  }

  /** See {@link StoreKeeper}. */
  edit(options: EditOptions, decide: (ledger: LockedLedger) => LedgerEdit | null): Promise<EditResult> {
    return this.#init.lendLocked(options.target, (client, taker) =>
      editLedger(client, { options, taker, decide }),
    );
  }

  /** See {@link StoreKeeper}. */
  baselined(targets: readonly Target[]): Promise<ReadonlyMap<string, ReadonlySet<MigrationId>>> {
    return this.#read<ReadonlyMap<string, ReadonlySet<MigrationId>>>(new Map(), (client) =>
      baselinedRows(client, targets),
    );
  }

  /** See {@link StoreKeeper}. */
  catalogChecksums(schemas: readonly SchemaName[]): Promise<ReadonlyMap<SchemaName, string>> {
    return this.#init.lend((client) => inSnapshot(client, () => catalogChecksums(client, schemas)));
  }

  /** See {@link StoreKeeper}. */
  catalogItems(schema: SchemaName): Promise<readonly string[]> {
    return this.#init.lend((client) => inSnapshot(client, () => catalogItems(client, schema)));
  }

  /** See {@link StoreKeeper}. */
  findObjects(
    objects: readonly SchemaObject[],
    schemas: readonly SchemaName[],
  ): Promise<ReadonlyMap<SchemaName, string>> {
    return this.#init.lend((client) => inSnapshot(client, () => findObjects(client, objects, schemas)));
  }

  /** See {@link StoreKeeper}. */
  scopes(): Promise<readonly ScopeRecord[]> {
    return this.#read([], listScopes);
  }

  /** See {@link StoreKeeper}. */
  retire(places: readonly ScopePlace[], change: ScopeChange): Promise<ScopeResult> {
    return this.#change((client, taker) => retireScopes(client, places, { change, taker }));
  }

  /** See {@link StoreKeeper}. */
  renameConnection(
    names: { readonly from: string; readonly to: string },
    change: ScopeChange,
  ): Promise<ScopeResult> {
    return this.#change((client, taker) => renameConnection(client, names, { change, taker }));
  }

  /** See {@link StoreKeeper}. */
  outsideDependents(schema: SchemaName): Promise<readonly string[]> {
    return this.#init.lend((client) => outsideDependents(client, schema));
  }

  /** See {@link StoreKeeper}. */
  dropSchema(schema: SchemaName, places: readonly ScopePlace[], change: ScopeChange): Promise<ScopeResult> {
    return this.#change((client, taker) => dropSchema(client, { schema, places, change, taker }));
  }

  /** See {@link StoreKeeper}. */
  examine(idleMs: number): Promise<StoreExamination> {
    const { lend, nowMs } = this.#init;
    return lend(async (client) => {
      const { identity } = await databaseIdentity(client);
      return examineStore(client, { identity, nowMs, idleMs });
    });
  }

  /** See {@link StoreKeeper}. */
  holds(): Promise<readonly SessionHold[]> {
    return this.#read([], listHolds);
  }

  /** See {@link StoreKeeper}. */
  release(hold: Releasing['hold'], change: ScopeChange): Promise<boolean> {
    const { failpoints } = this.#init;
    return this.#change((client, taker) => releaseHold(client, { hold, change, taker, failpoints }));
  }

  /** Reads what only a ledger can say. */
  #read<T>(without: T, read: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.#init.lend(async (client) =>
      (await ledgerFormat(client, this.address)) === null ? without : read(client),
    );
  }

  #change<T>(work: (client: pg.ClientBase, taker: TakerIdentity) => Promise<T>): Promise<T> {
    return this.#init.lend(async (client) => {
      await ensureLedger(client, this.address, this.#init.failpoints);
      return work(client, await this.#init.taker(client));
    });
  }
}
