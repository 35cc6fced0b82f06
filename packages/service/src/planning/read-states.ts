import {
  BfmError,
  parseConnectionName,
  STATE_CONNECTION,
  targetKey,
  type ConnectionName,
  type SchemaName,
  type TargetState,
} from '@bfm/core';
import type { InspectQuery, StoreSnapshot, TargetStore } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';
import { withSharedSchemas } from './shared-schemas.ts';

/** Which schemas of which connections to read. */
export type WantedStates = ReadonlyMap<ConnectionName, readonly SchemaName[] | 'known'>;

/** One store with what is asked of it. */
interface StoreQueries {
  readonly store: TargetStore;
  readonly queries: readonly InspectQuery[];
}

/** Puts the connections of one database together, so that each database is asked once. */
function toStoreQueries(wanted: WantedStates, context: ServiceContext): readonly StoreQueries[] {
  const byStore = new Map<TargetStore, InspectQuery[]>();
  for (const [connection, schemas] of wanted) {
    const store = context.storeOf(findConnection(connection, context));
    byStore.set(store, [...(byStore.get(store) ?? []), { connection, schemas }]);
  }
  return [...byStore].map(([store, queries]) => ({ store, queries }));
}

/**
 * Reads the ledgers of all wanted targets, all databases at once.
 *
 * @throws {target.unreachable} when any store cannot be read
 * @throws {ledger.other_connection}
 */
export async function readStates(
  wanted: WantedStates,
  context: ServiceContext,
): Promise<ReadonlyMap<string, TargetState>> {
  const states = await Promise.all(
    toStoreQueries(wanted, context).map(async (asked) => (await readStore(asked, context)).targets),
  );
  return byTarget(states);
}

/**
 * Reads all that the ledgers of these connections' databases know, also of connections that are not configured now: what
 * depends on something there is applied there all the same.
 *
 * @throws {target.unreachable} {ledger.other_connection}
 */
export async function readEverything(
  connections: readonly ConnectionName[],
  context: ServiceContext,
): Promise<ReadonlyMap<string, TargetState>> {
  const wanted = new Map(connections.map((name) => [name, 'known' as const]));
  const states = await Promise.all(
    toStoreQueries(wanted, context).map(async (asked) => {
      const { targets, ledgerConnections } = await readStore(asked, context);
      const others = ledgerConnections
        .map(parseConnectionName)
        .flatMap((result) => (result.ok && !context.connections.has(result.name) ? [result.name] : []));
      if (others.length === 0) return targets;
      const more = await asked.store.inspect(others.map((connection) => ({ connection, schemas: 'known' })));
      return [...targets, ...more.targets];
    }),
  );
  return byTarget(states);
}

async function readStore({ store, queries }: StoreQueries, context: ServiceContext): Promise<StoreSnapshot> {
  const snapshot = await store.inspect(queries);
  checkConnectionNames(store, snapshot, context);
  return withSharedSchemas(store, snapshot, context);
}

function byTarget(states: readonly (readonly TargetState[])[]): ReadonlyMap<string, TargetState> {
  return new Map(states.flat().map((state) => [targetKey(state.target), state]));
}

/**
 * A ledger that only knows names which are configured no more belongs to a renamed connection: going on would apply
 * everything again.
 *
 * @throws {ledger.other_connection}
 */
export function checkConnectionNames(
  store: TargetStore,
  { ledgerConnections }: StoreSnapshot,
  context: ServiceContext,
): void {
  // The state may share a database with what it is the state of; that name is never another one's.
  if (context.connections.has(STATE_CONNECTION)) return;
  const others = ledgerConnections.filter((name) => name !== STATE_CONNECTION);
  const [known] = others;
  if (known === undefined) return;
  const configured: ReadonlySet<string> = new Set(context.connections.keys());
  if (others.some((name) => configured.has(name))) return;
  const [name] = [...context.connections.values()]
    .filter((info) => info.backend === store.backend && context.storeOf(info) === store)
    .map((info) => info.name);
  const rename = `bfm repair rename-connection ${known} ${name ?? 'NEW'} --reason WHY`;
  throw new BfmError('ledger.other_connection', {
    message: `the ledger in ${store.address} knows only ${others.join(', ')}, none of which is configured; nothing was changed`,
    details: { known: others },
    next: `when ${name ?? 'a connection'} is the new name of ${known}: ${rename}; else configure the connection under the name it had, or point it at the right database`,
  });
}
