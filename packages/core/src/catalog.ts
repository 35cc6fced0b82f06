import type { Fault } from './errors/bfm-error.ts';
import type { MigrationId } from './migration-id.ts';
import type { Migration } from './migration.ts';

/** All migrations known, indexed. */
export interface Catalog {
  /** In canonical order: dependencies first, then by version, then by id. The same for any order of files. */
  readonly migrations: readonly Migration[];
  readonly byId: ReadonlyMap<MigrationId, Migration>;
  /** Position in `migrations`. */
  readonly rank: ReadonlyMap<MigrationId, number>;
  /** Oddities that stop nothing: an orphan down, a version that is no date. */
  readonly warnings: readonly Fault[];
}
