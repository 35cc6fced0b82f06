import type { BackendName } from '@bfm/core';
import type { PageRequest, StatePage } from './page.ts';

/** What a ledger says of one migration in one target. */
export interface ProjectedMigration {
  readonly connection: string;
  readonly schema: string;
  readonly migrationId: string;
  readonly backend: BackendName;
  readonly status: 'pending' | 'applied' | 'failed' | 'rolled_back' | 'needs_attention';
  readonly checksum: string | null;
  /** RFC 3339. */
  readonly appliedAt: string | null;
  readonly runId: string | null;
  readonly error: string | null;
}

/** Which entries are wanted; `null` is any. */
export interface ProjectionFilter {
  readonly connection: string | null;
  readonly schema: string | null;
  readonly migrationId: string | null;
  readonly status: ProjectedMigration['status'] | null;
}

/** The projection as anybody may read it. */
export interface ProjectionReads {
  /** By connection, schema and migration. */
  list(filter: ProjectionFilter, page: PageRequest): Promise<StatePage<ProjectedMigration>>;
  /** How many targets have a migration in each status. */
  counts(migrationId: string): Promise<Readonly<Partial<Record<ProjectedMigration['status'], number>>>>;
}

/** The state's copy of what ledgers say: never the truth, and rebuilt at will. */
export interface Projection extends ProjectionReads {
  /** Notes what changed; what is not named stays. */
  put(entries: readonly ProjectedMigration[]): Promise<void>;
  /** Forgets a connection's entries and takes these for them: in one transaction, so that nobody sees half of it. */
  rebuild(connection: string, entries: readonly ProjectedMigration[]): Promise<void>;
}
