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

/** An entry with when it was first made, and changed last. After a rebuild it was made when the migration was applied. */
export interface NotedMigration extends ProjectedMigration {
  readonly createdAt: string;
  readonly changedAt: string;
}

/** How a migration stands in all targets that have an entry of it. */
export interface MigrationSummary {
  readonly migrationId: string;
  /** How many targets have it in each status. */
  readonly counts: Readonly<Partial<Record<ProjectedMigration['status'], number>>>;
  /** `null`: it is applied nowhere. */
  readonly lastAppliedAt: string | null;
  /** One of the errors; `null`: there is none. */
  readonly error: string | null;
}

/** Which targets count; `null` is any. */
export interface SummaryFilter {
  readonly migrationId: string | null;
  readonly schema: string | null;
}

/** The projection as anybody may read it. */
export interface ProjectionReads {
  /** By connection, schema and migration. */
  list(filter: ProjectionFilter, page: PageRequest): Promise<StatePage<ProjectedMigration>>;
  /** The newest entries, by when they were made. */
  newest(filter: SummaryFilter, limit: number): Promise<readonly NotedMigration[]>;
  /** By migration; those without an entry are not in it. */
  summaries(filter: SummaryFilter): Promise<readonly MigrationSummary[]>;
  /** By connection, how many schemas have an entry of one of its dynamic migrations. */
  tenantCounts(): Promise<Readonly<Record<string, number>>>;
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
