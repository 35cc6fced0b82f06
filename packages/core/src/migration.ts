import type { MigrationId, MigrationIdParts } from './migration-id.ts';
import type { SchemaName } from './names.ts';

declare const brand: unique symbol;

/** The way a migration goes: `up` makes the change, `down` undoes it. */
export type Direction = 'up' | 'down';

/** SHA-256 in lower-case hex over the normalised bytes of a script (no BOM, LF line ends). */
export type Checksum = string & { readonly [brand]: 'Checksum' };

/** How one file is to be executed: the directives that speak for the file they head. */
export interface ScriptExecution {
  /** `per-migration`: one transaction round the whole file. `none`: statements run bare, for CONCURRENTLY and friends. */
  readonly transaction: 'per-migration' | 'none';
  /** Overrides the run's lock timeout; `null` means the run's. */
  readonly lockTimeoutMs: number | null;
  /** Overrides the run's statement timeout; `null` means the run's. */
  readonly statementTimeoutMs: number | null;
  /** Rows a backfill changes per transaction; `null` when the file is no backfill. */
  readonly batchSize: number | null;
  /** Pause between two batches, so that others get their turn; `null` means the run's. */
  readonly batchPauseMs: number | null;
  /** A post-condition: one SQL query that must answer `true`; `null` when none is asked for. */
  readonly verify: string | null;
}

/** One file of a migration. */
export interface Script {
  /** Path relative to the sfm folder, with `/`. */
  readonly path: string;
  /** The normalised text: no BOM, LF line ends. */
  readonly text: string;
  readonly checksum: Checksum;
  readonly execution: ScriptExecution;
}

/** A table that must really exist before the migration runs. */
export interface RequiredTable {
  readonly schema: string | null;
  readonly table: string;
}

/** What must really exist before a migration runs, apart from other migrations. */
export interface Requirements {
  readonly tables: readonly RequiredTable[];
  readonly schemas: readonly string[];
}

/** One immutable, versioned change as the catalog knows it; dependencies are resolved. */
export interface Migration extends MigrationIdParts {
  readonly id: MigrationId;
  /** The schema it names (fixed), or `null` when it runs once in each schema it is asked for (dynamic). */
  readonly schema: SchemaName | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Ids of the migrations that must be applied first, sorted, without repeats. */
  readonly dependencies: readonly MigrationId[];
  readonly requires: Requirements;
  readonly up: Script;
  /** `null`: the migration is irreversible. */
  readonly down: Script | null;
}
