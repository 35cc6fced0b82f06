import type { ConnectionName, SchemaName, TargetHolder } from '@bfm/core';

/** What a ledger knows of one target it has ever had to do with. */
export interface ScopeRecord {
  /** As the ledger has it: it need not be configured now. */
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  /**
   * Whether the schema it speaks of is there: `here`, `missing`, or `other`: one of the same name that was made since.
   */
  readonly presence: 'here' | 'missing' | 'other';
  /** Migrations the ledger calls applied. */
  readonly applied: number;
  /** RFC 3339, UTC: when a row was last written; `null` when there is none. */
  readonly changedAt: string | null;
  /** When the target was given up, RFC 3339, UTC; `null` while it counts. */
  readonly retiredAt: string | null;
}

/** Who changes whole targets, and why. */
export interface ScopeChange {
  readonly runId: string;
  readonly actor: string;
  /** Kept in the ledger's events; `null` where nobody is asked for it. */
  readonly reason: string | null;
}

/** The answer of one try to change whole targets. */
export type ScopeResult = { readonly ok: true } | { readonly ok: false; readonly holder: TargetHolder };

/** One target, by the names the ledger has for it. */
export type ScopePlace = Pick<ScopeRecord, 'connection' | 'schema'>;

/**
 * Keeps what a store's ledger knows of whole targets. Changes are tries: they wait for no other holder, and make whoever
 * held the target before powerless. Every method may be called concurrently.
 */
export interface ScopeKeeper {
  /** Every target the ledger knows, given-up ones too, ordered by connection, schema and time. Empty without a ledger. */
  scopes(): Promise<readonly ScopeRecord[]>;

  /** Gives targets up: their rows count no more. All of them, or none. */
  retire(places: readonly ScopePlace[], change: ScopeChange): Promise<ScopeResult>;

  /**
   * Gives all current targets of a connection, and the migrations recorded there, another connection's name. There must be
   * no current target of that name with the same schema.
   */
  renameConnection(
    names: { readonly from: ConnectionName; readonly to: ConnectionName },
    change: ScopeChange,
  ): Promise<ScopeResult>;

  /** Objects outside of a schema that depend on it and would go with it, as `kind identity`, ordered. */
  outsideDependents(schema: SchemaName): Promise<readonly string[]>;

  /**
   * Drops a schema with all that is in it, and gives up the targets, which must be all that the ledger knows there; in one
   * transaction. Refuses when anything outside depends on it, or the schema is not the one the ledger speaks of.
   *
   * @throws {target.not_droppable} {target.denied}
   */
  dropSchema(schema: SchemaName, places: readonly ScopePlace[], change: ScopeChange): Promise<ScopeResult>;
}
