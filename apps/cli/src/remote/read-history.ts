import type { LedgerEvent as WireEvent, LedgerEventPage } from '@bfm/client';
import type { LedgerEvent } from '@bfm/core';
import type { HistoryPage } from '@bfm/service';

/** Makes a page of history of what a server tells of ledgers. */
export function readHistoryPage({ entries, next }: LedgerEventPage): HistoryPage {
  return { entries: entries.map(readEvent), next };
}

function readEvent(wire: WireEvent): LedgerEvent {
  return {
    eventId: wire.event_id,
    kind: wire.kind,
    migrationId: wire.migration_id,
    connection: wire.connection,
    schema: wire.schema,
    at: wire.at,
    runId: wire.run_id,
    actor: wire.actor,
    checksum: wire.checksum,
    durationMs: wire.duration_ms,
    error: wire.error ?? null,
    reason: wire.reason ?? null,
    detail: wire.detail ?? null,
  } as unknown as LedgerEvent;
}
