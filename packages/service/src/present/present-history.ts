import type { HistoryPage } from '../read-history.ts';

/** The wire form of a page of history. */
export function presentHistory({ entries, next }: HistoryPage): Record<string, unknown> {
  return {
    entries: entries.map((event) => ({
      event_id: event.eventId,
      at: event.at,
      kind: event.kind,
      migration_id: event.migrationId,
      connection: event.connection,
      schema: event.schema,
      run_id: event.runId,
      actor: event.actor,
      checksum: event.checksum,
      duration_ms: event.durationMs,
      ...(event.error === null ? {} : { error: event.error }),
      ...(event.reason === null ? {} : { reason: event.reason }),
      ...(event.detail === null ? {} : { detail: event.detail }),
    })),
    next,
  };
}
