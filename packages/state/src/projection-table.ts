import type { PageRequest, ProjectedMigration, Projection, ProjectionFilter, StatePage } from '@bfm/engine';
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
    const cut = parsePage(page, 3);
    const { connection, schema, migrationId, status } = filter;
    const values = [connection, schema, migrationId, status, ...cut.after, cut.limit];
    const rows = await this.#transaction.query<ProjectedMigration>(LIST, values);
    return toPage(rows, cut, {
      item: (row) => row,
      key: (row) => [row.connection, row.schema, row.migrationId],
    });
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

const LIST = `
SELECT connection, schema, migration_id AS "migrationId", backend, status, checksum, applied_at AS "appliedAt", run_id AS "runId", error
FROM projection
WHERE ($1::text IS NULL OR connection = $1) AND ($2::text IS NULL OR schema = $2) AND ($3::text IS NULL OR migration_id = $3)
  AND ($4::text IS NULL OR status = $4)
  AND ($5::text IS NULL OR (connection, schema, migration_id) > ($5, $6::text, $7::text))
ORDER BY connection, schema, migration_id LIMIT $8`;

const COUNTS = `SELECT status, count(*)::integer AS count FROM projection WHERE migration_id = $1 GROUP BY status`;

const PUT = `
INSERT INTO projection (connection, schema, migration_id, backend, status, checksum, applied_at, run_id, error)
SELECT connection, schema, "migrationId", backend, status, checksum, "appliedAt", "runId", error
FROM jsonb_to_recordset($1::jsonb) AS given (connection text, schema text, "migrationId" text, backend text, status text, checksum text,
  "appliedAt" timestamptz, "runId" text, error text)
ON CONFLICT (connection, schema, migration_id) DO UPDATE SET backend = excluded.backend, status = excluded.status,
  checksum = excluded.checksum, applied_at = excluded.applied_at, run_id = excluded.run_id, error = excluded.error,
  changed_at = clock_timestamp()`;

const FORGET = `DELETE FROM projection WHERE connection = $1`;
