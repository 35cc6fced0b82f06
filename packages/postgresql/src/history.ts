import type { LedgerEvent, LedgerEventKind, MigrationId } from '@bfm/core';
import type { HistoryQuery } from '@bfm/engine';
import type pg from 'pg';

interface EventRow {
  readonly event_id: string;
  readonly kind: LedgerEventKind;
  readonly migration_id: MigrationId | null;
  readonly connection: string;
  readonly schema_name: string;
  readonly at: Date;
  readonly run_id: string;
  readonly actor: string;
  readonly checksum: string | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

// Keyset: the id is the order events were begun in, and the primary key. Reason and detail came with format 2, and reading
// upgrades nothing: as JSON they may be absent.
const EVENTS = `
SELECT e.event_id::text, e.kind, e.migration_id, s.connection, s.schema_name, e.at, e.run_id, e.actor,
       r.checksum, e.duration_ms, e.error,
       to_jsonb(e) ->> 'reason' AS reason, to_jsonb(e) -> 'detail' AS detail
FROM bfm.event e JOIN bfm.scope s USING (scope_id) LEFT JOIN bfm.revision r USING (revision_id)
WHERE s.connection = ANY($1::text[])
  AND (cardinality($2::text[]) = 0 OR s.schema_name = ANY($2::text[]))
  AND (cardinality($3::text[]) = 0 OR e.migration_id = ANY($3::text[]))
  AND ($4::bigint IS NULL OR e.event_id < $4::bigint)
ORDER BY e.event_id DESC LIMIT $5`;

/** Reads ledger events, newest first. */
export async function readHistory(
  client: pg.ClientBase,
  query: HistoryQuery,
): Promise<readonly LedgerEvent[]> {
  const { connections, schemas, migrations, before, limit } = query;
  const found = await client.query<EventRow>(EVENTS, [connections, schemas, migrations, before, limit]);
  return found.rows.map((row) => ({
    eventId: row.event_id,
    kind: row.kind,
    migrationId: row.migration_id,
    connection: row.connection,
    schema: row.schema_name,
    at: row.at.toISOString(),
    runId: row.run_id,
    actor: row.actor,
    checksum: row.checksum,
    durationMs: row.duration_ms,
    error: row.error,
    reason: row.reason,
    detail: row.detail,
  }));
}
