import { targetKey, toFaultsError, type Fault, type Plan, type PlanGroup, type PlanStep } from '@bfm/core';
import type { RequiredObject, TargetStore } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/**
 * Checks for real what the plan's migrations require, with one question to each database, whatever the number of targets.
 * What a planned dependency of the step may still create in the schema concerned is left to the step itself.
 *
 * @throws {requirement.unmet} naming everything that is missing
 */
export async function checkRequirements(plan: Plan, context: ServiceContext): Promise<void> {
  if (plan.direction === 'down') return;
  const needs = findNeeds(plan);
  const byStore = Map.groupBy(needs, ({ group }) =>
    context.storeOf(findConnection(group.connection, context)),
  );
  const missing = new Map<TargetStore, ReadonlySet<string>>();
  for (const [store, those] of byStore) missing.set(store, await askFor(store, those));
  const faults: Fault[] = [];
  for (const need of needs) {
    const store = context.storeOf(findConnection(need.group.connection, context));
    if (missing.get(store)?.has(keyOf(need.object)) === true) faults.push(toFault(need));
  }
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

/** An object that a step needs on a target. */
interface Need {
  readonly group: PlanGroup;
  readonly step: PlanStep;
  /** The target's schema. */
  readonly schema: string;
  readonly object: RequiredObject;
}

function findNeeds(plan: Plan): readonly Need[] {
  const demanding = plan.groups.map((group) => ({ group, steps: group.steps.filter(hasRequirements) }));
  if (demanding.every(({ steps }) => steps.length === 0)) return [];
  const planned = new Set(
    plan.groups.flatMap(({ connection, targets }) =>
      targets.map(({ schema }) => targetKey({ connection, schema })),
    ),
  );
  return demanding.flatMap(({ group, steps }) =>
    steps.flatMap((step) =>
      group.targets.flatMap(({ schema }) =>
        objectsOf(step, schema, planned).map((object) => ({ group, step, schema, object })),
      ),
    ),
  );
}

function hasRequirements({ requires }: PlanStep): boolean {
  return requires.tables.length > 0 || requires.schemas.length > 0;
}

/** What a step needs on a target, apart from what the plan may yet create. */
function objectsOf(
  { requires, after }: PlanStep,
  schema: PlanGroup['targets'][number]['schema'],
  planned: ReadonlySet<string>,
): readonly RequiredObject[] {
  const comes = new Set<string>(
    after
      .map((dependency) => ({ ...dependency, schema: dependency.schema ?? schema }))
      .filter((dependency) => planned.has(targetKey(dependency)))
      .map((dependency) => dependency.schema),
  );
  return [
    ...requires.tables.map((table) => ({ schema: table.schema ?? schema, table: table.table })),
    ...requires.schemas.map((name) => ({ schema: name, table: null })),
  ].filter((object) => !comes.has(object.schema));
}

/** The keys of what is missing; each object is asked for once. */
async function askFor(store: TargetStore, needs: readonly Need[]): Promise<ReadonlySet<string>> {
  const objects = new Map(needs.map(({ object }) => [keyOf(object), object]));
  const missing = await store.missingRequirements([...objects.values()]);
  return new Set(missing.map(keyOf));
}

function keyOf({ schema, table }: RequiredObject): string {
  return JSON.stringify([schema, table]);
}

function toFault({ group: { connection }, step, schema, object }: Need): Fault {
  const name = object.table === null ? object.schema : `${object.schema}.${object.table}`;
  return {
    code: 'requirement.unmet',
    message: `${step.migrationId} requires ${name}, which does not exist (${connection}/${schema}); nothing was run`,
    where: { file: step.file, migration_id: step.migrationId, connection, schema },
    mend: `create ${name} first, or depend on the migration that does`,
  };
}
