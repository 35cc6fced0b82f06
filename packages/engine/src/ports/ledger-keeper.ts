import type {
  Checksum,
  LedgerStatus,
  MigrationId,
  SchemaName,
  Statement,
  Target,
  TargetHolder,
} from '@bfm/core';
import type { LockedEntry } from './target-session.ts';
import type { OpenOptions } from './target-store.ts';

/** What a ledger row says, as far as it can be changed by hand. */
export interface RowState {
  readonly status: LedgerStatus;
  readonly checksum: Checksum;
}

/** One row of a ledger that is changed by hand. */
export interface RowChange {
  readonly migrationId: MigrationId;
  /** `null`: there is no row. */
  readonly before: RowState | null;
  /** `null`: the row goes. */
  readonly after: RowState | null;
  /** Kept in its event's detail, beside that of the edit. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A change of one target's ledger that no migration makes; all of it in one transaction. */
export interface LedgerEdit {
  readonly kind: 'baselined' | 'repaired';
  /** The command that made it, such as `mark-applied`; events remember it. */
  readonly action: string;
  /** Why; `null` where nobody is asked for it. */
  readonly reason: string | null;
  /** Each becomes an event, with what was before and after. */
  readonly changes: readonly RowChange[];
  /**
   * The statements that count as done from now on, of a migration that runs bare: it goes on behind them. Only with the
   * one change of that migration, whose status stays; `null`: how far a run had come with the changed migrations is
   * forgotten.
   */
  readonly done: readonly Statement[] | null;
  /** Rows that are only to be remembered as left pending on purpose: no event tells of them. */
  readonly deferred: readonly { readonly migrationId: MigrationId; readonly checksum: Checksum }[];
  /** Kept in every event's detail, beside action, before and after. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What is found once a target is taken. */
export interface LockedLedger {
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  /** What the schema is made of, see {@link LedgerKeeper.catalogChecksums}; `null` when it was not asked for. */
  readonly catalogChecksum: string | null;
}

/** Who edits which target. */
export interface EditOptions extends OpenOptions {
  /** Whether the decision needs the schema's catalog checksum. */
  readonly withCatalog: boolean;
}

/** The answer of one try to edit a ledger. `edit` is `null` when the decision was to change nothing. */
export type EditResult =
  | { readonly ok: true; readonly edit: LedgerEdit | null }
  | { readonly ok: false; readonly holder: TargetHolder };

/**
 * Keeps the ledgers of one physical store where no migration does: first contact and repair. A second interface of a
 * {@link TargetStore}, for stores that can. Every method may be called concurrently.
 */
export interface LedgerKeeper {
  /** Where it is, for people, without secrets. */
  readonly address: string;

  /** See `TargetStore.identity`. @throws {target.unreachable} */
  identity(): Promise<string>;

  /**
   * Tries once to take a target as {@link TargetStore.tryOpen} does, lets `decide` look at what is there inside the lock,
   * and writes what it gives in one transaction under the fence. `decide` is pure; what it throws is thrown, with nothing
   * changed. The store must have been prepared with the revisions that the changes name.
   *
   * @throws {target.unreachable} {target.fence_lost} {target.denied}
   */
  edit(options: EditOptions, decide: (ledger: LockedLedger) => LedgerEdit | null): Promise<EditResult>;

  /** Which of the applied migrations of some targets a baseline has marked, by `targetKey`. Empty without a ledger. */
  baselined(targets: readonly Target[]): Promise<ReadonlyMap<string, ReadonlySet<MigrationId>>>;

  /**
   * What schemas are made of, as one checksum each: equal when their objects are, whatever the schemas are called. Those
   * that do not exist are absent. Works without a ledger.
   */
  catalogChecksums(schemas: readonly SchemaName[]): Promise<ReadonlyMap<SchemaName, string>>;

  /** The same of one schema in words, an item for each object or part of one, ordered: what a difference is told by. */
  catalogItems(schema: SchemaName): Promise<readonly string[]>;
}
