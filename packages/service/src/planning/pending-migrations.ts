import { targetKey, type Migration, type TargetState } from '@bfm/core';
import { effectiveShape, type PlanScope } from '@bfm/engine';

/**
 * What is wanted and not applied on any target of a scope; a migration comes once for each ledger shape that lacks it.
 * Whoever only wants to know whether there is one stops at the first.
 */
export function* pendingMigrations(
  scope: PlanScope,
  states: ReadonlyMap<string, TargetState>,
): Generator<Migration> {
  const seen = new Set<string>();
  for (const [position, demand] of scope.demands.entries()) {
    for (const schema of demand.schemas) {
      const state = states.get(targetKey({ connection: demand.connection, schema }));
      if (state === undefined) continue;
      const { key, entries } = effectiveShape(state);
      const place = `${position} ${key}`;
      if (seen.has(place)) continue;
      seen.add(place);
      yield* demand.wanted.filter(({ id }) => entries.get(id)?.status !== 'applied');
    }
  }
}

/** Tells whether any target of a scope lacks something wanted there: if not, no script needs to be compiled. */
export function pendingExists(scope: PlanScope, states: ReadonlyMap<string, TargetState>): boolean {
  return pendingMigrations(scope, states).next().done !== true;
}
