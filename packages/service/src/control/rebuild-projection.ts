import type { BackendName, ConnectionName, LedgerEntry, LedgerEvent, LedgerStatus } from '@bfm/core';
import { effectiveShape, type ProjectedMigration, type TargetStore } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';
import { planningContext } from './preview-plan.ts';
import { storableText } from './storable.ts';

/** Events read at once. */
const EVENTS = 1_000;

/** When nobody knows since when something is applied: its event is gone. */
const UNKNOWN_TIME = '1970-01-01T00:00:00Z';

/**
 * Makes the projection of a connection anew from its ledger, which is never wrong about it: `bfm repair projection`.
 *
 * @returns how many migrations on targets the ledger knows
 * @throws {connection.not_found} {target.unreachable}
 */
export async function rebuildProjection(
  connection: ConnectionName,
  caller: Caller,
  control: ControlContext,
): Promise<number> {
  const context = planningContext(caller, control);
  const { backend } = findConnection(connection, context);
  const store = context.storeOf(findConnection(connection, context));
  const entries = await readLedgerEntries({ store, connection, backend });
  const object = `connection/${connection}`;
  const detail = { entries: entries.length };
  const action = { action: 'projection.rebuild', object, result: 'ok', detail } as const;
  await control.state.write(caller, action, ({ projection }) => projection.rebuild(connection, entries));
  return entries.length;
}

/** A connection whose ledgers are read. */
export interface LedgerSource {
  readonly store: TargetStore;
  readonly connection: ConnectionName;
  readonly backend: BackendName;
}

/** Reads what the ledgers of a connection say, as a projection has it. @throws {target.unreachable} */
export async function readLedgerEntries({
  store,
  connection,
  backend,
}: LedgerSource): Promise<readonly ProjectedMigration[]> {
  const { targets } = await store.inspect([{ connection, schemas: 'known' }]);
  const rows = targets.flatMap((state) =>
    [...effectiveShape(state).entries.values()].map((entry) => ({ schema: state.target.schema, entry })),
  );
  const events = await readEvents(store, connection, rows.length);
  return rows.map(({ schema, entry }) => {
    const event = events.get(`${schema}\n${entry.migrationId}`) ?? null;
    return { connection, schema, backend, ...toEntry(entry, event) };
  });
}

/** The newest event of each migration on each target; reads no further than there are any to be found. */
async function readEvents(
  store: TargetStore,
  connection: ConnectionName,
  wanted: number,
): Promise<ReadonlyMap<string, LedgerEvent>> {
  const newest = new Map<string, LedgerEvent>();
  let before: string | null = null;
  while (newest.size < wanted) {
    const query = { connections: [connection], schemas: [], migrations: [], limit: EVENTS, before };
    const events: readonly LedgerEvent[] = await store.history(query);
    for (const event of events) {
      const key = `${event.schema}\n${event.migrationId ?? ''}`;
      if (event.migrationId !== null && !newest.has(key)) newest.set(key, event);
    }
    before = events.at(-1)?.eventId ?? null;
    if (events.length < EVENTS) break;
  }
  return newest;
}

const STATUSES: Readonly<Record<LedgerStatus, ProjectedMigration['status']>> = {
  applied: 'applied',
  failed: 'failed',
  rolled_back: 'rolled_back',
  deferred: 'pending',
  started: 'needs_attention',
  undoing: 'needs_attention',
};

function toEntry(
  { migrationId, status, checksum }: LedgerEntry,
  event: LedgerEvent | null,
): Omit<ProjectedMigration, 'connection' | 'schema' | 'backend'> {
  const projected = STATUSES[status];
  const why = event?.error ?? 'it failed, and its ledger does not say why';
  return {
    migrationId,
    status: projected,
    checksum,
    appliedAt: projected === 'applied' ? (event?.at ?? UNKNOWN_TIME) : null,
    runId: event?.runId ?? null,
    error: projected === 'failed' ? storableText(why) : null,
  };
}
