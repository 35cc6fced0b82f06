import {
  BfmError,
  compareText,
  type ConnectionName,
  type LedgerEvent,
  type MigrationId,
  type SchemaName,
} from '@bfm/core';
import type { TargetStore } from '@bfm/engine';
import { findConnection } from './planning/find-connection.ts';
import type { ServiceContext } from './service-context.ts';

/** Which events are wanted. */
export interface HistoryRequest {
  /** Empty: all configured connections. */
  readonly connections: readonly ConnectionName[];
  /** Empty: all. */
  readonly schemas: readonly SchemaName[];
  /** Empty: all. */
  readonly migrations: readonly MigrationId[];
  readonly limit: number;
  /** Where the page before ended, as `next` gave it; `null` for the first. */
  readonly cursor: string | null;
}

/** A page of events, newest first. */
export interface HistoryPage {
  readonly entries: readonly LedgerEvent[];
  /** For the next page; `null` when this is the last. */
  readonly next: string | null;
}

/**
 * Reads the ledgers' own events, which exist without any server. The cursor holds one position per database, since
 * event ids of different databases cannot be compared.
 *
 * @throws {connection.not_found} {request.invalid} for a cursor that is none {target.unreachable}
 */
export async function readHistory(request: HistoryRequest, context: ServiceContext): Promise<HistoryPage> {
  const names = request.connections.length > 0 ? request.connections : [...context.connections.keys()];
  const byStore = new Map<TargetStore, ConnectionName[]>();
  for (const name of names) {
    const store = context.storeOf(findConnection(name, context));
    byStore.set(store, [...(byStore.get(store) ?? []), name]);
  }
  const positions = parseCursor(request.cursor);
  const pages = await Promise.all(
    [...byStore].map(async ([store, connections]) => ({
      store,
      events: await store.history({
        connections,
        schemas: request.schemas,
        migrations: request.migrations,
        limit: request.limit + 1,
        before: positions.get(store.address) ?? null,
      }),
    })),
  );
  const merged = pages
    .flatMap(({ store, events }) => events.map((event) => ({ store, event })))
    .sort((a, b) => compareText(b.event.at, a.event.at));
  const page = merged.slice(0, request.limit);
  for (const { store, event } of page) {
    const before = positions.get(store.address);
    // Times and ids of one database may disagree by a little: the page ends at its smallest id.
    if (before === undefined || BigInt(event.eventId) < BigInt(before)) {
      positions.set(store.address, event.eventId);
    }
  }
  const isLast = merged.length <= request.limit;
  return { entries: page.map(({ event }) => event), next: isLast ? null : toCursor(positions) };
}

function toCursor(positions: ReadonlyMap<string, string>): string {
  return [...positions].map(([address, id]) => `${id}@${encodeURIComponent(address)}`).join(',');
}

function parseCursor(cursor: string | null): Map<string, string> {
  const positions = new Map<string, string>();
  for (const part of cursor?.split(',') ?? []) {
    const match = /^(\d{1,18})@(.+)$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) throw badCursor();
    positions.set(decodeAddress(match[2]), match[1]);
  }
  return positions;
}

function decodeAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badCursor();
  }
}

function badCursor(): BfmError {
  return new BfmError('request.invalid', {
    message: 'the cursor is not one that history has given',
    next: 'start without a cursor, or pass on `next` of the page before as it is',
  });
}
