import type {
  ConnectionName,
  Fault,
  Plan,
  PlanGroup,
  PlanStep,
  SchemaName,
  UnqualifiedChange,
} from '@bfm/core';
import type { FoundElsewhere } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/** An alteration or removal of something that nothing before it in the plan makes. */
interface Suspect {
  readonly step: PlanStep;
  readonly change: UnqualifiedChange;
}

const NAMED_MAX = 3;

/**
 * Warns of every ALTER and DROP in a plan that names no schema and would be carried out in `public`: the target's schema
 * has nothing of that name now, no step before makes it, and `public` has one, shared by all targets. The database is
 * asked only when there is such a statement.
 *
 * @throws {target.unreachable}
 */
export async function warnOfFallThrough(plan: Plan, context: ServiceContext): Promise<readonly Fault[]> {
  const warnings = await Promise.all(plan.groups.map((group) => warnOfGroup(group, context)));
  return warnings.flat();
}

async function warnOfGroup(group: PlanGroup, context: ServiceContext): Promise<readonly Fault[]> {
  const suspects = findSuspects(group.steps);
  if (suspects.length === 0) return [];
  const store = context.storeOf(findConnection(group.connection, context));
  const names = suspects.map(({ change: { kind, name } }) => ({ kind, name }));
  const found = await store.foundInPublic(
    names,
    group.targets.map(({ schema }) => schema),
  );
  return suspects.flatMap((suspect) => toWarning(suspect, group.connection, found));
}

function findSuspects(steps: readonly PlanStep[]): readonly Suspect[] {
  const made = new Set<string>();
  const suspects: Suspect[] = [];
  for (const step of steps) {
    const { creates, changes } = step.unqualified;
    suspects.push(...changes.filter(({ name }) => !made.has(name)).map((change) => ({ step, change })));
    for (const name of creates) made.add(name);
  }
  return suspects;
}

function toWarning(
  { step, change }: Suspect,
  connection: ConnectionName,
  found: readonly FoundElsewhere[],
): readonly Fault[] {
  const schemas = found
    .filter(({ kind, name }) => kind === change.kind && name === change.name)
    .map(({ schema }) => schema);
  if (schemas.length === 0) return [];
  const { name, kind, line, column, statement } = change;
  const where = { file: step.file, line, column, statement, migration_id: step.migrationId, connection };
  return [
    {
      code: 'migration.falls_through',
      message: `${step.migrationId} alters or drops ${kind} ${name} without its schema, and would do so to public.${name}: ${listed(schemas)} no ${name}`,
      where,
      mend: `write {{.Schema}}.${name} (or public.${name}, if that is meant)`,
    },
  ];
}

function listed(schemas: readonly SchemaName[]): string {
  const named = schemas.slice(0, NAMED_MAX).join(', ');
  const more = schemas.length - NAMED_MAX;
  return `${named}${more > 0 ? ` and ${more} more` : ''} ${schemas.length === 1 ? 'has' : 'have'}`;
}
