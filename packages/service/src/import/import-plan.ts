import type { ConnectionName, SchemaName, Target } from '@bfm/core';
import type { PlannedEdit } from '../editing/ledger-edit-run.ts';
import type { Problem } from './judge-target.ts';
import type { MisplacedRow } from './resolve-rows.ts';

/** What an import would do with one target. */
export interface ImportTarget {
  readonly target: Target;
  /** Migrations that are to be recorded as applied; of these, those of which the catalog shows something. */
  readonly marked: number;
  readonly seen: number;
  /** Migrations that the ledger has a record of already. */
  readonly recorded: number;
  /** Migrations that stay pending. */
  readonly pending: number;
  readonly settled: readonly Problem[];
  readonly undecided: readonly Problem[];
  /** The schema does not exist, and so many migrations are said to have been applied in it; else 0. */
  readonly lost: number;
}

/** What of a state is told of and left where it is. */
export interface LeftAlone {
  /** Ids of migrations that no file has. */
  readonly gone: readonly string[];
  readonly misplaced: readonly MisplacedRow[];
  /** Connections of other kinds of store, with the number of rows that speak of each. */
  readonly otherBackends: readonly (readonly [connection: string, rows: number])[];
  /** Connections with files that nobody has configured, with the number of their targets. */
  readonly unconfigured: readonly (readonly [connection: ConnectionName, targets: number])[];
  /** Schemas of a list or query that the state does not speak of. */
  readonly unknownSchemas: readonly SchemaName[];
  /** Targets that were left out by name. */
  readonly leftOut: number;
}

/** What an import would write, and what stands against it. */
export interface ImportPlan {
  /** Where the state is, for people. */
  readonly state: string;
  /** Ordered by connection and schema. */
  readonly targets: readonly ImportTarget[];
  readonly edits: readonly PlannedEdit[];
  readonly leftAlone: LeftAlone;
}
