import {
  isInTarget,
  targetKey,
  type ConnectionName,
  type Fault,
  type Migration,
  type MigrationId,
  type Plan,
  type PlanSkip,
  type PlanStep,
  type SchemaName,
  type StepDependency,
  type TargetState,
} from '@bfm/core';
import { assessTarget, effectiveShape, toDriftFault } from './assess-target.ts';
import { createStepCompiler } from './compile-step.ts';
import { buildPlan, migrationsKey, refuseFaults, SharedSteps, type TargetWork } from './plan-builder.ts';
import type { PlanDemand } from './plan-scope.ts';
import type { PlanInput } from './plan-up.ts';

/** The migrations to roll back on one target, newest first. */
interface Rollback {
  readonly state: TargetState;
  readonly migrations: readonly Migration[];
}

/**
 * Plans rolling back. Pure. `input.states` must hold every target known to any ledger, so that dependents are seen
 * wherever they are.
 *
 * @throws {rollback.dependents} when something applied that stays depends on what would go
 * @throws {migration.irreversible} when a migration has no down
 * @throws {drift.checksum_changed} {drift.missing} when the files are not what was applied
 */
export function planDown(input: PlanInput): Plan {
  const skips: PlanSkip[] = [...input.scope.skips];
  const faults: Fault[] = [];
  const rollbacks: Rollback[] = [];
  for (const demand of input.scope.demands) {
    for (const schema of demand.schemas) {
      const state = input.states.get(targetKey({ connection: demand.connection, schema }));
      if (state === undefined) continue;
      const migrations = toRollBack(state, demand, input);
      if (migrations.length === 0) skips.push(notApplied(state, demand));
      else rollbacks.push({ state, migrations });
    }
  }
  for (const rollback of rollbacks) faults.push(...driftFaults(rollback, input));
  faults.push(...dependentFaults(rollbacks, input));
  const work = toWork(rollbacks, input, faults);
  refuseFaults(faults);
  const { request, hasher, catalog } = input;
  return buildPlan({ request, work, skips, warnings: catalog.warnings, hasher });
}

function notApplied({ target }: TargetState, { wanted }: PlanDemand): PlanSkip {
  const { connection, schema } = target;
  return { connection, schema, reason: 'not_applied', migrations: wanted.length };
}

function toRollBack(
  state: TargetState,
  { wanted }: PlanDemand,
  { request }: PlanInput,
): readonly Migration[] {
  const { entries } = effectiveShape(state);
  const applied = wanted.filter(({ id }) => isInTarget(entries.get(id)?.status ?? 'deferred')).reverse();
  return request.steps === null ? applied : applied.slice(0, request.steps);
}

function driftFaults({ state, migrations }: Rollback, { catalog, sameMeaning }: PlanInput): Fault[] {
  const going = new Set<MigrationId>(migrations.map(({ id }) => id));
  return assessTarget({ catalog, state, wanted: [], sameMeaning })
    .drift.filter(
      ({ kind, migrationId }) =>
        kind === 'missing' || going.has(migrationId) !== (kind === 'half_rolled_back'),
    )
    .map((drift) => toDriftFault(drift, state));
}

function stepKey(connection: ConnectionName, schema: SchemaName, id: MigrationId): string {
  return `${targetKey({ connection, schema })}\n${id}`;
}

/** Every applied migration, anywhere, that depends directly on one that goes and does not go itself. */
function dependentFaults(rollbacks: readonly Rollback[], input: PlanInput): Fault[] {
  const going = new Set(
    rollbacks.flatMap(({ state: { target }, migrations }) =>
      migrations.map(({ id }) => stepKey(target.connection, target.schema, id)),
    ),
  );
  const faults: Fault[] = [];
  for (const state of input.states.values()) {
    for (const { migrationId, status } of effectiveShape(state).entries.values()) {
      const dependent = input.catalog.byId.get(migrationId);
      if (!isInTarget(status) || dependent === undefined) continue;
      const { connection, schema } = state.target;
      if (going.has(stepKey(connection, schema, migrationId))) continue;
      const broken = dependent.dependencies.find((id) => going.has(dependencyKey(id, schema, input)));
      if (broken !== undefined) faults.push(toDependentFault(broken, migrationId, state));
    }
  }
  return faults;
}

function dependencyKey(id: MigrationId, schemaOfDependent: SchemaName, { catalog }: PlanInput): string {
  const dependency = catalog.byId.get(id);
  if (dependency === undefined) return '';
  return stepKey(dependency.connection, dependency.schema ?? schemaOfDependent, id);
}

function toDependentFault(broken: MigrationId, dependent: MigrationId, { target }: TargetState): Fault {
  return {
    code: 'rollback.dependents',
    message: `${broken} cannot be rolled back: ${dependent}, applied to ${target.connection}/${target.schema}, depends on it`,
    where: { migration_id: dependent, connection: target.connection, schema: target.schema },
    mend: 'roll the dependents back first, or name them in the same command',
  };
}

function toWork(rollbacks: readonly Rollback[], input: PlanInput, faults: Fault[]): TargetWork[] {
  const steps = createStepCompiler(input.compiler);
  const shared = new SharedSteps();
  const going = new GoingDependents(rollbacks, input);
  const work = rollbacks.map(({ state, migrations }) => ({
    state,
    deferred: [],
    steps: shared.get(`${state.target.connection}\n${migrationsKey(migrations)}`, () =>
      migrations
        .map((migration) =>
          steps.step(migration, { direction: 'down', reason: 'selected', after: going.of(migration) }),
        )
        .filter((step): step is PlanStep => step !== null),
    ),
  }));
  faults.push(...steps.faults);
  return work;
}

/** Which of the migrations that go depend on which, and where. */
class GoingDependents {
  readonly #dependents = new Map<MigrationId, Migration[]>();
  readonly #schemas = new Map<MigrationId, SchemaName[]>();

  constructor(rollbacks: readonly Rollback[], { catalog }: PlanInput) {
    for (const { state, migrations } of rollbacks) {
      for (const { id } of migrations) {
        this.#schemas.set(id, [...(this.#schemas.get(id) ?? []), state.target.schema]);
      }
    }
    for (const migration of catalog.migrations.filter(({ id }) => this.#schemas.has(id))) {
      for (const id of migration.dependencies) {
        this.#dependents.set(id, [...(this.#dependents.get(id) ?? []), migration]);
      }
    }
  }

  /** What must be rolled back before `migration`. Dynamic on dynamic stays in the same schema; on a fixed one it is all. */
  of(migration: Migration): readonly StepDependency[] {
    return (this.#dependents.get(migration.id) ?? []).flatMap(({ id, connection, schema }) => {
      const schemas = migration.schema === null ? [schema] : (this.#schemas.get(id) ?? []);
      return schemas.map((place) => ({ connection, schema: place, migrationId: id }));
    });
  }
}
