import type {
  KnownMigration,
  KnownMigrations,
  PageRequest,
  SeenMigration,
  StatePage,
  SyncResult,
} from '@bfm/engine';
import { parsePage, toPage } from './paging.ts';
import type { StateTransaction } from './state-database.ts';

/** Every migration that was ever seen, as rows of `known_migration`. */
export class KnownMigrationTable implements KnownMigrations {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async find(id: string): Promise<SeenMigration | null> {
    return (await this.#transaction.query<SeenMigration>(FIND, [id]))[0] ?? null;
  }

  async ofVersions(versions: readonly string[]): Promise<readonly SeenMigration[]> {
    return this.#transaction.query<SeenMigration>(OF_VERSIONS, [versions]);
  }

  async gone(): Promise<readonly SeenMigration[]> {
    return this.#transaction.query<SeenMigration>(GONE, []);
  }

  async list(connection: string | null, page: PageRequest): Promise<StatePage<SeenMigration>> {
    const cut = parsePage(page, ['text']);
    const rows = await this.#transaction.query<SeenMigration>(LIST, [connection, ...cut.after, cut.limit]);
    return toPage(rows, cut, { item: (row) => row, key: ({ id }) => [id] });
  }

  async sync(migrations: readonly KnownMigration[]): Promise<SyncResult> {
    await this.#transaction.query(ONE_AT_A_TIME, []);
    const given = [JSON.stringify(migrations)];
    const changes = await this.#transaction.query<{ id: string; change: Change }>(CHANGES, given);
    await this.#transaction.query(PUT, given);
    await this.#transaction.query(MARK_GONE, [migrations.map(({ id }) => id)]);
    const ids = (wanted: Change): string[] =>
      changes.filter((row) => row.change === wanted).map(({ id }) => id);
    return {
      added: ids('added'),
      removed: ids('removed'),
      updated: ids('updated'),
      total: migrations.length,
    };
  }
}

type Change = 'added' | 'removed' | 'updated';

const SEEN = `id, version, name, backend, connection, schema, up_text AS "upText", down_text AS "downText",
  CASE jsonb_typeof(dependencies) WHEN 'array' THEN dependencies ELSE '[]' END AS dependencies,
  CASE jsonb_typeof(tags) WHEN 'array' THEN tags ELSE '[]' END AS tags, present, first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt"`;
const GIVEN = `jsonb_to_recordset($1::jsonb) AS given (id text, version text, name text, backend text, connection text, schema text,
  "upText" text, "downText" text, dependencies jsonb, tags jsonb)`;

const FIND = `SELECT ${SEEN} FROM known_migration WHERE id = $1`;
const OF_VERSIONS = `SELECT ${SEEN} FROM known_migration WHERE version = ANY ($1::text[]) ORDER BY id`;
const GONE = `SELECT ${SEEN} FROM known_migration WHERE NOT present ORDER BY id`;
const LIST = `
SELECT ${SEEN} FROM known_migration
WHERE ($1::text IS NULL OR connection = $1) AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`;

// Two looks at once would each find the same ones new.
const ONE_AT_A_TIME = `LOCK TABLE known_migration IN SHARE ROW EXCLUSIVE MODE`;

const CHANGES = `
SELECT coalesce(given.id, known.id) AS id,
  CASE WHEN known.id IS NULL OR (given.id IS NOT NULL AND NOT known.present) THEN 'added'
       WHEN given.id IS NULL THEN 'removed' ELSE 'updated' END AS change
FROM ${GIVEN} FULL JOIN known_migration AS known ON known.id = given.id
WHERE known.id IS NULL OR (given.id IS NULL AND known.present) OR (given.id IS NOT NULL AND (NOT known.present
  OR (known.schema, known.up_text, known.down_text, known.dependencies, known.tags)
     IS DISTINCT FROM (given.schema, given."upText", given."downText", given.dependencies, given.tags)))
ORDER BY 1`;

const PUT = `
INSERT INTO known_migration (id, version, name, backend, connection, schema, up_text, down_text, dependencies, tags, present)
SELECT id, version, name, backend, connection, schema, "upText", "downText", dependencies, tags, true FROM ${GIVEN}
ON CONFLICT (id) DO UPDATE SET schema = excluded.schema, up_text = excluded.up_text, down_text = excluded.down_text,
  dependencies = excluded.dependencies, tags = excluded.tags, present = true,
  last_seen_at = greatest(known_migration.first_seen_at, clock_timestamp())`;

const MARK_GONE = `UPDATE known_migration SET present = false WHERE present AND NOT (id = ANY ($1::text[]))`;
