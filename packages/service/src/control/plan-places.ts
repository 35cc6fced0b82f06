import {
  targetKey,
  type MigrationId,
  type Plan,
  type PlanGroup,
  type PlanStep,
  type Target,
} from '@bfm/core';

/** A step of a plan on one target, with its place: 1-based, in the order that plans are shown in. */
export interface PlacedStep {
  readonly position: number;
  readonly target: Target;
  readonly step: PlanStep;
}

/** Goes through the steps of a plan, target by target. */
export function* eachPlanned({ groups }: Plan): Generator<PlacedStep> {
  let position = 0;
  for (const group of groups) {
    for (const { schema } of group.targets) {
      const target = toTarget(group, schema);
      for (const step of group.steps) yield { position: (position += 1), target, step };
    }
  }
}

/** A target of a plan: the group it is in, and how many steps come before its own. */
export interface TargetPlace {
  readonly group: PlanGroup;
  readonly offset: number;
}

/** Where the steps of a plan are; its size is that of the targets, not of the steps. */
export class PlanPlaces {
  readonly plan: Plan;
  readonly stepCount: number;
  readonly #targets = new Map<string, TargetPlace>();
  readonly #indices = new Map<PlanGroup, ReadonlyMap<MigrationId, number>>();

  constructor(plan: Plan) {
    this.plan = plan;
    let offset = 0;
    for (const group of plan.groups) {
      this.#indices.set(group, new Map(group.steps.map(({ migrationId }, index) => [migrationId, index])));
      for (const { schema } of group.targets) {
        this.#targets.set(targetKey(toTarget(group, schema)), { group, offset });
        offset += group.steps.length;
      }
    }
    this.stepCount = offset;
  }

  /** Where a target is; `undefined` when it is none of the plan's. */
  placeOf(target: Target): TargetPlace | undefined {
    return this.#targets.get(targetKey(target));
  }

  /** The 1-based position of a step; `null` when it is none of the plan's. */
  positionOf(target: Target, id: MigrationId): number | null {
    const place = this.placeOf(target);
    const index = place && this.#indices.get(place.group)?.get(id);
    return place === undefined || index === undefined ? null : place.offset + index + 1;
  }

  /** The step of a target for a migration. */
  stepOf({ group }: TargetPlace, id: MigrationId): PlanStep | undefined {
    const index = this.#indices.get(group)?.get(id);
    return index === undefined ? undefined : group.steps[index];
  }
}

function toTarget({ backend, connection }: PlanGroup, schema: Target['schema']): Target {
  return { backend, connection, schema };
}
