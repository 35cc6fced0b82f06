import type { BackendName } from '@bfm/core';
import type { PageRequest, StatePage } from './page.ts';

/** A migration that was seen at some time. */
export interface KnownMigration {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly backend: BackendName;
  readonly connection: string;
  /** `null`: dynamic. */
  readonly schema: string | null;
  readonly upText: string;
  readonly downText: string | null;
  readonly dependencies: readonly unknown[];
  /** `key=value`. */
  readonly tags: readonly string[];
}

/** A migration that was seen, and whether its file is still there. */
export interface SeenMigration extends KnownMigration {
  readonly present: boolean;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** What a look at the source changed; ids in order. */
export interface SyncResult {
  readonly added: readonly string[];
  /** Gone from the source, and kept here. */
  readonly removed: readonly string[];
  readonly updated: readonly string[];
  /** How many the source has. */
  readonly total: number;
}

/** Known migrations as anybody may read them. */
export interface KnownMigrationReads {
  find(id: string): Promise<SeenMigration | null>;
  /** By id. */
  ofVersions(versions: readonly string[]): Promise<readonly SeenMigration[]>;
  /** Those that are gone from the source, by id. */
  gone(): Promise<readonly SeenMigration[]>;
  /** By id, which begins with the version. */
  list(connection: string | null, page: PageRequest): Promise<StatePage<SeenMigration>>;
}

/** Every migration that was ever seen; none is forgotten. */
export interface KnownMigrations extends KnownMigrationReads {
  /** Notes what the source has now, all of it. */
  sync(migrations: readonly KnownMigration[]): Promise<SyncResult>;
}
