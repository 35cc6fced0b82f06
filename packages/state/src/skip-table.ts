import type { NewSkip, Skip, Skips } from '@bfm/engine';
import type { StateTransaction } from './state-database.ts';

/** What was skipped lately, as rows of `skipped`. */
export class SkipTable implements Skips {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async record(skips: readonly NewSkip[]): Promise<void> {
    if (skips.length === 0) return;
    const given = [JSON.stringify(skips)];
    await this.#transaction.query(RECORD, given);
    await this.#transaction.query(FORGET, given);
  }

  async recent(migrationId: string | null, limit: number): Promise<readonly Skip[]> {
    const rows = await this.#transaction.query<Omit<Skip, 'id'> & { readonly id: string }>(RECENT, [
      migrationId,
      limit,
    ]);
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }
}

const RECORD = `
INSERT INTO skipped (migration_id, connection, schema, backend, actor, method, context)
SELECT "migrationId", connection, schema, backend, actor, method, context FROM jsonb_to_recordset($1::jsonb)
  AS given ("migrationId" text, connection text, schema text, backend text, actor text, method text, context jsonb)`;

const FORGET = `
DELETE FROM skipped USING (SELECT DISTINCT "migrationId", schema FROM jsonb_to_recordset($1::jsonb) AS x ("migrationId" text, schema text)) AS given
WHERE skipped.migration_id = given."migrationId" AND skipped.schema = given.schema AND skipped.id < (
  SELECT kept.id FROM skipped AS kept WHERE kept.migration_id = given."migrationId" AND kept.schema = given.schema
  ORDER BY kept.id DESC OFFSET 4 LIMIT 1)`;

const RECENT = `
SELECT id, migration_id AS "migrationId", connection, schema, backend, actor, method, context, skipped_at AS "skippedAt"
FROM skipped WHERE ($1::text IS NULL OR migration_id = $1) ORDER BY id DESC LIMIT $2`;
