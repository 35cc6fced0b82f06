import { isInTarget, parseConnectionName, type ConnectionName, type TargetState } from '@bfm/core';
import { effectiveShape, type StoreSnapshot, type TargetStore } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';

/**
 * Finds the schemas that a connection has applied nothing to, and that hold what the migrations of another connection of
 * the same database made: first contact was had there already, so that nothing has to be baselined. Only a connection
 * that is configured counts, since one that is not may be this very one under the name it had.
 *
 * @throws {target.unreachable}
 */
export async function withSharedSchemas(
  store: TargetStore,
  snapshot: StoreSnapshot,
  context: ServiceContext,
): Promise<StoreSnapshot> {
  const strange = snapshot.targets.filter((state) => state.presence === 'populated' && !isKept(state));
  if (strange.length === 0) return snapshot;
  const others = configuredIn(store, snapshot, context);
  if (others.length === 0) return snapshot;
  const schemas = [...new Set(strange.map(({ target }) => target.schema))];
  const found = await store.inspect(others.map((connection) => ({ connection, schemas })));
  const keepers = Map.groupBy(found.targets.filter(isKept), ({ target }) => target.schema);
  const isShared = ({ target }: TargetState): boolean =>
    keepers.get(target.schema)?.some((keeper) => keeper.target.connection !== target.connection) === true;
  const those = new Set(strange.filter(isShared));
  const targets = snapshot.targets.map((state) =>
    those.has(state) ? { ...state, presence: 'shared' as const } : state,
  );
  return { ...snapshot, targets };
}

function isKept(state: TargetState): boolean {
  const { entries } = effectiveShape(state);
  return entries.values().some(({ status }) => isInTarget(status) || status === 'started');
}

function configuredIn(
  store: TargetStore,
  { ledgerConnections }: StoreSnapshot,
  context: ServiceContext,
): readonly ConnectionName[] {
  return ledgerConnections.flatMap((text) => {
    const name = parseConnectionName(text);
    const info = name.ok ? context.connections.get(name.name) : undefined;
    const isHere = info?.backend === store.backend && context.storeOf(info) === store;
    return isHere ? [info.name] : [];
  });
}
