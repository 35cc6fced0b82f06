import type { BackendName, Catalog, ConnectionName, Fault, SchemaName } from '@bfm/core';
import type {
  Clock,
  EventSink,
  Hasher,
  LockProvider,
  SessionBudget,
  ScriptCompiler,
  StoreKeeper,
  TargetStore,
} from '@bfm/engine';

/** Where a dynamic connection's tenants are listed. */
export interface TenantSource {
  /** The connection the query is asked of. */
  readonly connection: ConnectionName;
  /** A query whose first column names schemas. */
  readonly query: string;
}

/** A configured connection as use cases see it: no address, no secret. */
export interface ConnectionInfo {
  readonly name: ConnectionName;
  readonly backend: BackendName;
  readonly defaultSchema: SchemaName | null;
  readonly tenants: TenantSource | null;
}

/** Everything use cases work with; the composition root fills it with real adapters. */
export interface ServiceContext {
  readonly catalog: Catalog;
  /** Faults found in the source. The CLI refuses to work while there are any. */
  readonly sourceFaults: readonly Fault[];
  readonly connections: ReadonlyMap<ConnectionName, ConnectionInfo>;
  /**
   * The store behind a connection; connections to one database give the same object.
   *
   * @throws {backend.capability_missing} for a backend this build cannot run
   */
  readonly storeOf: (connection: ConnectionInfo) => TargetStore;
  /**
   * The same store as what keeps its ledgers by hand: baselines, repairs, checks.
   *
   * @throws {backend.capability_missing} for a backend that cannot
   */
  readonly keeperOf: (connection: ConnectionInfo) => StoreKeeper;
  /** Opens the provider of leases on first use; gives `null` when none is configured. @throws {lock.unreachable} */
  readonly openLocks: () => Promise<LockProvider | null>;
  /** Shares sessions of stores with the runs of other processes; `null`: this process works by itself. */
  readonly budget: SessionBudget | null;
  /** Loads the script compiler on first use: a run with nothing to do needs none. */
  readonly loadCompiler: () => Promise<ScriptCompiler>;
  readonly hasher: Hasher;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly newRunId: () => string;
  /** `user@host` or the like. */
  readonly actor: string;
  /** Of this process, for those who wait. */
  readonly pid: number;
  readonly emit: EventSink;
}
