import { BfmError, isBfmError, type ConnectionName } from '@bfm/core';
import type { ScopePlace, ScopeRecord, StoreKeeper } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';

/** One database, and the configured connections that point at it. */
export interface KeptStore {
  readonly keeper: StoreKeeper;
  readonly connections: readonly ConnectionName[];
}

/** A target that a ledger knows and still counts, with the store it is in. */
export interface LocatedScope {
  readonly store: KeptStore;
  readonly record: ScopeRecord;
}

/** All configured databases whose ledgers can be kept by hand, each once. */
export function keptStores({ connections, keeperOf }: ServiceContext): readonly KeptStore[] {
  const byKeeper = new Map<StoreKeeper, ConnectionName[]>();
  for (const info of connections.values()) {
    try {
      const keeper = keeperOf(info);
      byKeeper.set(keeper, [...(byKeeper.get(keeper) ?? []), info.name]);
    } catch (error) {
      if (!isBfmError(error) || error.code !== 'backend.capability_missing') throw error;
    }
  }
  return [...byKeeper].map(([keeper, names]) => ({ keeper, connections: names }));
}

/**
 * Finds targets by the names that ledgers have for them. A connection that is configured is looked for in its own database,
 * another in all.
 *
 * @throws {target.not_found} {target.unreachable}
 */
export async function locateScopes(
  places: readonly ScopePlace[],
  context: ServiceContext,
): Promise<readonly LocatedScope[]> {
  const stores = keptStores(context);
  const records = new Map<KeptStore, readonly ScopeRecord[]>();
  const located: LocatedScope[] = [];
  for (const place of places) {
    const candidates = context.connections.has(place.connection)
      ? stores.filter(({ connections }) => connections.includes(place.connection))
      : stores;
    let found: LocatedScope | null = null;
    for (const store of candidates) {
      const known = records.get(store) ?? (await store.keeper.scopes());
      records.set(store, known);
      const record = known.find((each) => isCurrent(each) && isSamePlace(each, place));
      if (record !== undefined) found = { store, record };
    }
    if (found === null) throw notFound(place);
    located.push(found);
  }
  return located;
}

/** Tells whether a record still counts. */
export function isCurrent({ retiredAt }: ScopeRecord): boolean {
  return retiredAt === null;
}

/** Tells whether two places are one. */
export function isSamePlace(a: ScopePlace, b: ScopePlace): boolean {
  return a.connection === b.connection && a.schema === b.schema;
}

function notFound({ connection, schema }: ScopePlace): BfmError {
  return new BfmError('target.not_found', {
    message: `no ledger that can be reached knows ${connection}/${schema}`,
    details: { where: { connection, schema } },
    next: 'bfm target list --retired shows every target there is or was',
  });
}
