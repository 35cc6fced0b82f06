import type { Catalog, Fault } from '@bfm/core';
import type { QuarantinedMigration } from '@bfm/engine';

/** The migrations as they were read at one moment. */
export interface LoadedCatalog {
  /** Without what is faulty, and without what depends on that. */
  readonly catalog: Catalog;
  readonly faults: readonly Fault[];
  /** What is known and not in the catalog: the faulty ones, and all that depends on them. */
  readonly quarantined: readonly QuarantinedMigration[];
  /** RFC 3339. */
  readonly loadedAt: string;
}

/** Holds the migrations that are in force; a faulty file never takes them away. */
export interface CatalogHolder {
  current(): LoadedCatalog;
  /** Reads them again; what was current stays in force when the folder cannot be read. @throws {source.missing} {source.unreadable} */
  reload(): Promise<LoadedCatalog>;
}
