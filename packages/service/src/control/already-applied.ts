import { targetKey, type Catalog, type MigrationId, type Plan, type Target } from '@bfm/core';
import { planScope, type PlanDemand } from '@bfm/engine';
import { PlanPlaces } from './plan-places.ts';

/** A migration on a target. */
export interface MigrationOnTarget {
  readonly target: Target;
  readonly migrationId: MigrationId;
}

/**
 * Goes through what a plan was asked to apply and has left out because it is applied already; what was only pulled in as
 * a dependency was not asked for.
 */
export function* eachAlreadyApplied(plan: Plan, catalog: Catalog): Generator<MigrationOnTarget> {
  if (plan.direction !== 'up') return;
  const places = new PlanPlaces(plan);
  const missing = new Set(
    plan.skips.flatMap(({ connection, schema, reason }) =>
      reason === 'schema_missing' && schema !== null ? [targetKey({ connection, schema })] : [],
    ),
  );
  for (const demand of planScope(catalog, plan.request).demands) {
    for (const target of targetsOf(demand)) {
      if (missing.has(targetKey(target))) continue;
      const asked = demand.wanted.filter(({ id }) => !demand.pulledIn.has(id));
      const left = asked.filter(({ id }) => places.positionOf(target, id) === null);
      yield* left.map(({ id }) => ({ target, migrationId: id }));
    }
  }
}

function targetsOf({ backend, connection, schemas }: PlanDemand): readonly Target[] {
  return schemas.map((schema) => ({ backend, connection, schema }));
}
