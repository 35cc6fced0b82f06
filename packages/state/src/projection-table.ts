import type {
  MigrationSummary,
  NotedMigration,
  PageRequest,
  ProjectedMigration,
  Projection,
  ProjectionFilter,
  StatePage,
  SummaryFilter,
} from '@bfm/engine';
import { parsePage, toPage } from './paging.ts';
import type { StateTransaction } from './state-database.ts';

const BATCH = 5_000;

/** The projection, as rows of `projection`. */
export class ProjectionTable implements Projection {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async list(filter: ProjectionFilter, page: PageRequest): Promise<StatePage<ProjectedMigration>> {
    const cut = parsePage(page, ['text', 'text', 'text']);
    const { connection, schema, migrationId, status } = filter;
    const values = [connection, schema, migrationId, status, ...cut.after, cut.limit];
    const rows = await this.#transaction.query<ProjectedMigration>(LIST, values);
    return toPage(rows, cut, {
      item: (row) => row,
      key: (row) => [row.connection, row.schema, row.migrationId],
    });
  }

  async newest({ migrationId, schema }: SummaryFilter, limit: number): Promise<readonly NotedMigration[]> {
    return this.#transaction.query<NotedMigration>(NEWEST, [migrationId, schema, limit]);
  }

  async summaries({ migrationId, schema }: SummaryFilter): Promise<readonly MigrationSummary[]> {
    return this.#transaction.query<MigrationSummary>(SUMMARIES, [migrationId, schema]);
  }

  async tenantCounts(): Promise<Readonly<Record<string, number>>> {
    const rows = await this.#transaction.query<{ connection: string; count: number }>(TENANT_COUNTS, []);
    return Object.fromEntries(rows.map(({ connection, count }) => [connection, count]));
  }

  async counts(migrationId: string): Promise<Readonly<Record<string, number>>> {
    const rows = await this.#transaction.query<{ status: string; count: number }>(COUNTS, [migrationId]);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async put(entries: readonly ProjectedMigration[]): Promise<void> {
    for (let from = 0; from < entries.length; from += BATCH) {
      await this.#transaction.query(PUT, [JSON.stringify(entries.slice(from, from + BATCH))]);
    }
  }

  async rebuild(connection: string, entries: readonly ProjectedMigration[]): Promise<void> {
    await this.#transaction.query(FORGET, [connection]);
    await this.put(entries);
  }
}

const ENTRY = `connection, schema, migration_id AS "migrationId", backend, status, checksum, applied_at AS "appliedAt", run_id AS "runId", error`;

const LIST = `
SELECT ${ENTRY} FROM projection
WHERE ($1::text IS NULL OR connection = $1) AND ($2::text IS NULL OR schema = $2) AND ($3::text IS NULL OR migration_id = $3)
  AND ($4::text IS NULL OR status = $4)
  AND ($5::text IS NULL OR (connection, schema, migration_id) > ($5, $6::text, $7::text))
ORDER BY connection, schema, migration_id LIMIT $8`;

const NEWEST = `
SELECT ${ENTRY}, created_at AS "createdAt", changed_at AS "changedAt" FROM projection
WHERE ($1::text IS NULL OR migration_id = $1) AND ($2::text IS NULL OR schema = $2)
ORDER BY created_at DESC, connection, schema, migration_id LIMIT $3`;

const SUMMARIES = `
SELECT migration_id AS "migrationId", jsonb_object_agg(status, count) AS counts, max(applied_at) AS "lastAppliedAt", min(error) AS error
FROM (
  SELECT migration_id, status, count(*)::integer AS count, max(applied_at) FILTER (WHERE status = 'applied') AS applied_at, min(error) AS error
  FROM projection WHERE ($1::text IS NULL OR migration_id = $1) AND ($2::text IS NULL OR schema = $2)
  GROUP BY migration_id, status
) AS by_status
GROUP BY migration_id`;

const TENANT_COUNTS = `
SELECT connection, count(*)::integer AS count FROM (
  SELECT projection.connection, projection.schema FROM projection JOIN known_migration ON known_migration.id = projection.migration_id
  WHERE known_migration.schema IS NULL GROUP BY projection.connection, projection.schema
) AS tenants
GROUP BY connection`;

const COUNTS = `SELECT status, count(*)::integer AS count FROM projection WHERE migration_id = $1 GROUP BY status`;

const PUT = `
INSERT INTO projection (connection, schema, migration_id, backend, status, checksum, applied_at, run_id, error, created_at)
SELECT connection, schema, "migrationId", backend, status, checksum, "appliedAt", "runId", error,
  least(coalesce("appliedAt", clock_timestamp()), clock_timestamp())
FROM jsonb_to_recordset($1::jsonb) AS given (connection text, schema text, "migrationId" text, backend text, status text, checksum text,
  "appliedAt" timestamptz, "runId" text, error text)
ON CONFLICT (connection, schema, migration_id) DO UPDATE SET backend = excluded.backend, status = excluded.status,
  checksum = excluded.checksum, applied_at = excluded.applied_at, run_id = excluded.run_id, error = excluded.error,
  changed_at = clock_timestamp()`;

const FORGET = `DELETE FROM projection WHERE connection = $1`;
