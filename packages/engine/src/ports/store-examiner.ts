import type { SchemaName } from '@bfm/core';
import type { ScopePlace } from './scope-keeper.ts';
import type { UnfinishedMigration } from './target-store.ts';

/** What a store says of itself and its ledger, as facts; nobody has judged them yet. */
export interface StoreExamination {
  readonly server: {
    /** As the server words it. */
    readonly version: string;
    readonly major: number;
    /** A standby: it takes no writes. */
    readonly recovering: boolean;
  };
  readonly login: {
    readonly name: string;
    /** May make schemas: that of the ledger, and those of tenants. */
    readonly mayCreateSchemas: boolean;
  };
  /** Something between us and the server answers in its place. */
  readonly pooled: boolean;
  readonly clock: {
    /** Milliseconds since 1970, when the server was asked. */
    readonly serverMs: number;
    /** How long asking took: the uncertainty of `serverMs`. */
    readonly roundTripMs: number;
  };
  /** `null`: there is none. */
  readonly ledger: LedgerExamination | null;
  /** Indexes in the schemas of known targets that no query uses. */
  readonly invalidIndexes: readonly InvalidIndex[];
  /** Names of transactions that were prepared and neither committed nor rolled back for a while. */
  readonly preparedTransactions: readonly string[];
  /** Sessions that do nothing in a transaction for a while, and keep locks and old rows with it. */
  readonly idleTransactions: readonly IdleTransaction[];
}

/** What a ledger says of itself. */
export interface LedgerExamination {
  readonly format: number;
  /** The format this program writes. */
  readonly known: number;
  /** Rights on the ledger that the login lacks, such as `INSERT on bfm.event`; the rest is unknown then. */
  readonly lacking: readonly string[];
  /** Whether the login could upgrade it. */
  readonly owned: boolean;
  /** Targets whose rows were changed behind the ledger's back. */
  readonly unsound: readonly ScopePlace[];
  /** Targets whose ledger was written in another copy of this database. */
  readonly rebound: readonly ScopePlace[];
  /** Begun outside of a transaction and not ended, or failed. */
  readonly unfinished: readonly UnfinishedMigration[];
}

/** An index that is not valid. */
export interface InvalidIndex {
  readonly schema: SchemaName;
  readonly index: string;
  readonly table: string;
  /** Somebody is building it now. */
  readonly building: boolean;
}

/** A session that is idle in a transaction. */
export interface IdleTransaction {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly seconds: number;
}

/** Looks into a store for whatever may be wrong there. A second interface of a store, for those that can. */
export interface StoreExaminer {
  /**
   * Collects facts; changes nothing. What the login may not see is left out.
   *
   * @param idleMs how long a transaction is idle or prepared before it is told of
   * @throws {target.unreachable}
   */
  examine(idleMs: number): Promise<StoreExamination>;
}
