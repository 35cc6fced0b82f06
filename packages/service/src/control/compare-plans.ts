import { targetKey, type PlanGroup, type PlanStep } from '@bfm/core';
import { canonicalJson } from '@bfm/engine';
import type { PlacedStep, PlanPlaces, TargetPlace } from './plan-places.ts';
import { eachPlanned } from './plan-places.ts';

/** Finds a step of a new plan that the first one had not, or had otherwise; `null` when it is a part of it. */
export function findStrange(first: PlanPlaces, now: PlanPlaces): PlacedStep | null {
  const sameGroups = new Map<PlanGroup, Set<PlanGroup>>();
  for (const group of now.plan.groups) {
    for (const { schema } of group.targets) {
      const target = { backend: group.backend, connection: group.connection, schema };
      const place = first.placeOf(target);
      const known = sameGroups.get(group);
      if (place !== undefined && known?.has(place.group) === true) continue;
      const strange = group.steps.find(
        (step) => !isSameStep(place && first.stepOf(place, step.migrationId), step),
      );
      if (strange !== undefined) return { position: 0, target, step: strange };
      if (place !== undefined) sameGroups.set(group, (known ?? new Set()).add(place.group));
    }
  }
  return null;
}

/** Goes through the steps of the first plan that the new one has not: they were done meanwhile, or cannot be done. */
export function* eachGone(first: PlanPlaces, now: PlanPlaces): Generator<PlacedStep> {
  let key = '';
  let place: TargetPlace | undefined;
  for (const placed of eachPlanned(first.plan)) {
    const next = targetKey(placed.target);
    if (next !== key) place = now.placeOf(placed.target);
    key = next;
    if (place === undefined || now.stepOf(place, placed.step.migrationId) === undefined) yield placed;
  }
}

function isSameStep(before: PlanStep | undefined, now: PlanStep): boolean {
  return before !== undefined && (before === now || contentOf(before) === contentOf(now));
}

/** What a digest is made over, of one step. */
function contentOf({ direction, checksum, execution, statements }: PlanStep): string {
  return canonicalJson([direction, checksum, execution, statements.map(({ text }) => text)]);
}
