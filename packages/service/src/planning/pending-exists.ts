import { targetKey, type TargetState } from '@bfm/core';
import { effectiveShape, type PlanScope } from '@bfm/engine';

/** Tells whether any target of a scope lacks something wanted there: if not, no script needs to be compiled. */
export function pendingExists(scope: PlanScope, states: ReadonlyMap<string, TargetState>): boolean {
  const complete = new Set<string>();
  return scope.demands.some((demand, position) =>
    demand.schemas.some((schema) => {
      const state = states.get(targetKey({ connection: demand.connection, schema }));
      if (state === undefined) return false;
      const { key, entries } = effectiveShape(state);
      const place = `${position} ${key}`;
      if (complete.has(place)) return false;
      const lacks = demand.wanted.some(({ id }) => entries.get(id)?.status !== 'applied');
      if (!lacks) complete.add(place);
      return lacks;
    }),
  );
}
