import {
  targetKey,
  toFaultsError,
  type Fault,
  type Plan,
  type PlanGroup,
  type PlannedTarget,
  type PlanStep,
} from '@bfm/core';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/**
 * Checks for real what the plan's migrations require. What a planned dependency of the step may still create in the
 * schema concerned is left to the step itself.
 *
 * @throws {requirement.unmet} naming everything that is missing
 */
export async function checkRequirements(plan: Plan, context: ServiceContext): Promise<void> {
  if (plan.direction === 'down') return;
  const planned = new Set(
    plan.groups.flatMap(({ connection, targets }) =>
      targets.map(({ schema }) => targetKey({ connection, schema })),
    ),
  );
  const faults: Fault[] = [];
  for (const group of plan.groups) {
    for (const step of group.steps.filter(hasRequirements)) {
      for (const target of group.targets) {
        faults.push(...(await unmet({ group, step, target, planned }, context)));
      }
    }
  }
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

interface RequirementPlace {
  readonly group: PlanGroup;
  readonly step: PlanStep;
  readonly target: PlannedTarget;
  readonly planned: ReadonlySet<string>;
}

function hasRequirements({ requires }: PlanStep): boolean {
  return requires.tables.length > 0 || requires.schemas.length > 0;
}

async function unmet(
  { group, step, target, planned }: RequirementPlace,
  context: ServiceContext,
): Promise<readonly Fault[]> {
  const { connection } = group;
  const comes = new Set(
    step.after
      .map((dependency) => ({ ...dependency, schema: dependency.schema ?? target.schema }))
      .filter((dependency) => planned.has(targetKey(dependency)))
      .map(({ schema }) => schema as string),
  );
  const requires = {
    tables: step.requires.tables.filter(({ schema }) => !comes.has(schema ?? target.schema)),
    schemas: step.requires.schemas.filter((schema) => !comes.has(schema)),
  };
  if (requires.tables.length === 0 && requires.schemas.length === 0) return [];
  const store = context.storeOf(findConnection(connection, context));
  const missing = await store.missingRequirements(requires, target.schema);
  return missing.map((name) => ({
    code: 'requirement.unmet',
    message: `${step.migrationId} requires ${name}, which does not exist (${connection}/${target.schema}); nothing was run`,
    where: { file: step.file, migration_id: step.migrationId, connection, schema: target.schema },
    mend: `create ${name} first, or depend on the migration that does`,
  }));
}
