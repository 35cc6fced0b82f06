import type {
  BackendName,
  Checksum,
  ConnectionName,
  LedgerEvent,
  LedgerStatus,
  MigrationId,
  SchemaName,
  Target,
  TargetHolder,
  TargetState,
  UnqualifiedChange,
  Version,
} from '@bfm/core';
import type { TargetSession } from './target-session.ts';

/** Which targets of one connection to look at: those named, or every one its ledger knows. */
export interface InspectQuery {
  readonly connection: ConnectionName;
  readonly schemas: readonly SchemaName[] | 'known';
}

/** What a store answers about its targets. */
export interface StoreSnapshot {
  /** One state per target asked for, in the order asked; for `known` ordered by schema. */
  readonly targets: readonly TargetState[];
  /** The connection names the ledger of this store has ever heard of. */
  readonly ledgerConnections: readonly string[];
  /** Targets whose ledger was written in another copy of this database (restored or cloned), by schema. */
  readonly rebound: readonly SchemaName[];
  /** Who holds which schema at the moment, of all in this store. */
  readonly held: ReadonlyMap<SchemaName, TargetHold>;
}

/** That somebody holds a target. */
export interface TargetHold {
  /** `user@host` and the run. */
  readonly holder: string;
  /** For how long, by the store's clock. */
  readonly seconds: number;
}

/** What is known of a migration whose last attempt did not end well: it failed, or it began outside of a transaction and has not ended. */
export interface UnfinishedMigration {
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  readonly migrationId: MigrationId;
  /** Of `failed` nothing is in the target; `started` is an up, `undoing` a down, that has not ended. */
  readonly status: Extract<LedgerStatus, 'failed' | 'started' | 'undoing'>;
  readonly statementsDone: number;
  readonly rowsDone: number;
  /** 0 for what is no backfill, and for one that has done nothing. */
  readonly batchesDone: number;
  /** 1-based: begun, and its end was not noted; `null`: none. */
  readonly statementBegun: number | null;
  /** The session that runs it is still there. */
  readonly running: boolean;
  /** Why the last attempt failed; `null` when it was interrupted, or so much happened since that nobody knows at once. */
  readonly error: string | null;
}

/** A migration text as the ledger keeps it, to be compared with later ones. */
export interface Revision {
  readonly migrationId: MigrationId;
  readonly version: Version;
  readonly name: string;
  readonly checksum: Checksum;
  /** `name@version` of the way the checksum was made. */
  readonly algorithm: string;
  readonly text: string;
}

/** An object as a statement names it, without a schema. */
export type SearchedName = Pick<UnqualifiedChange, 'kind' | 'name'>;

/** A name that leads out of a target's schema. */
export interface FoundElsewhere extends SearchedName {
  readonly schema: SchemaName;
}

/** Who takes a target. */
export interface OpenOptions {
  readonly target: Target;
  readonly runId: string;
  /** `user@host` or the like, for history and for the message others get. */
  readonly actor: string;
  readonly signal: AbortSignal;
  /**
   * The entries may be those of another target whose ledger says the same, told apart by nothing but their run ids.
   *
   * @default false
   */
  readonly mayShare?: boolean;
}

/** The answer of one try to take a target. */
export type OpenResult =
  | { readonly ok: true; readonly session: TargetSession }
  | { readonly ok: false; readonly holder: TargetHolder };

/** Something that must be there before a step runs. */
export interface RequiredObject {
  readonly schema: string;
  /** `null`: the schema itself. */
  readonly table: string | null;
}

/** That the events of a target and its ledger disagree about a migration. */
export interface ForgottenMigration {
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  readonly migrationId: MigrationId;
  /** Who applied it, `user@host`, and in which run. */
  readonly actor: string;
  readonly runId: string;
}

/** What `history` is asked for. */
export interface HistoryQuery {
  readonly connections: readonly ConnectionName[];
  /** Empty: all. */
  readonly schemas: readonly SchemaName[];
  /** Empty: all. */
  readonly migrations: readonly MigrationId[];
  readonly limit: number;
  /** Only events with a smaller id; `null` starts at the newest. */
  readonly before: string | null;
}

/**
 * One physical store (a PostgreSQL database): all connections that point at it share the object and its connection
 * budget. Every method may be called concurrently. None writes but `prepare` and `tryOpen`.
 */
export interface TargetStore {
  readonly backend: BackendName;
  /** Where it is, for people, without secrets: `host:port/database`. */
  readonly address: string;
  /** Whether statements can run outside of transactions: they need a session of their own, which a pooler has not. */
  readonly bareStatements: 'possible' | 'refused';
  /** How many sessions runs may hold there at once, over all processes that share a budget. */
  readonly sessionsMax: number;

  /**
   * What tells this store from every other one, a restored or cloned copy included; the same by whatever address it is
   * reached. Asked once, and remembered.
   *
   * @throws {target.unreachable}
   */
  identity(): Promise<string>;

  /**
   * Tells whether the store answers now. It waits for nobody who uses the store: when all connections are in use, whoever
   * uses them would have noticed.
   *
   * @throws {target.unreachable}
   */
  check(): Promise<void>;

  /**
   * Reads the ledgers of the targets asked for in one consistent snapshot. A store without a ledger answers empty shapes.
   *
   * @throws {target.unreachable} @throws {ledger.newer_format}
   */
  inspect(queries: readonly InspectQuery[]): Promise<StoreSnapshot>;

  /**
   * The schemas of a connection that the ledger knows as targets, a part of them: behind `after`, by the code points of their
   * names. Empty without a ledger.
   *
   * @throws {target.unreachable}
   */
  knownSchemas(
    connection: ConnectionName,
    part: { readonly after: SchemaName | null; readonly limit: number },
  ): Promise<readonly SchemaName[]>;

  /** What has not ended well in these targets, ordered by connection, schema and migration. Empty without a ledger. */
  unfinished(targets: readonly Target[]): Promise<readonly UnfinishedMigration[]>;

  /** The texts the ledger keeps for these checksums; those it does not know are absent. */
  revisionTexts(checksums: readonly Checksum[]): Promise<ReadonlyMap<Checksum, string>>;

  /**
   * Which of these migrations were applied by the last word of a target's events, though its ledger does not say so:
   * somebody else changed the row. Of all targets of these connections. Empty without a ledger.
   */
  forgotten(
    connections: readonly ConnectionName[],
    migrations: readonly MigrationId[],
  ): Promise<readonly ForgottenMigration[]>;

  /** Which of the required objects do not exist, in the order asked. */
  missingRequirements(required: readonly RequiredObject[]): Promise<readonly RequiredObject[]>;

  /**
   * Which objects that a statement names without a schema would be found in `public`, because the target's own schema
   * has none of the name and `public` has one. Empty for stores that search in no other schema.
   */
  foundInPublic(
    names: readonly SearchedName[],
    schemas: readonly SchemaName[],
  ): Promise<readonly FoundElsewhere[]>;

  /** The first column of a read-only query's rows, as text, nulls left out. */
  querySchemas(sql: string): Promise<readonly string[]>;

  /** Newest events first. Empty without a ledger. */
  history(query: HistoryQuery): Promise<readonly LedgerEvent[]>;

  /** Makes or checks the ledger and stores the texts a run is about to apply. Idempotent, safe to call from many processes. */
  prepare(revisions: readonly Revision[]): Promise<void>;

  /**
   * Tries once to take a target: lock, then fence, then the ledger as it stands inside the lock. Does not wait for
   * another holder.
   *
   * @throws {target.unreachable} when the store cannot be reached
   */
  tryOpen(options: OpenOptions): Promise<OpenResult>;

  /** Ends all connections. */
  close(): Promise<void>;
}
