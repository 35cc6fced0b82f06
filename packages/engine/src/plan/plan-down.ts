import {
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
import { assessTarget, effectiveShape } from './assess-target.ts';
import { createStepCompiler } from './compile-step.ts';
import { toDriftFault } from './drift-fault.ts';
import { isThere } from './is-there.ts';
import { warnOfNewerStaying, type Rollback } from './newer-stay.ts';
import { toPartlyRunFault } from './partly-run-fault.ts';
import { buildPlan, migrationsKey, refuseFaults, SharedSteps, type TargetWork } from './plan-builder.ts';
import type { PlanDemand } from './plan-scope.ts';
import type { PlanInput } from './plan-up.ts';
import { findUnsafePlaceholders } from './unsafe-placeholders.ts';

/**
 * Plans rolling back. Pure. `input.states` must hold every target known to any ledger, so that dependents are seen
 * wherever they are.
 *
 * @throws {rollback.dependents} when something applied that stays depends on what would go
 * @throws {rollback.partly_run} when the up of something that would go has not ended
 * @throws {migration.irreversible} when a migration has no down
 * @throws {drift.checksum_changed} {drift.missing} when the files are not what was applied
 */
export function planDown(input: PlanInput): Plan {
  const skips: PlanSkip[] = [...input.scope.skips];
  const faults: Fault[] = [];
  const rollbacks: Rollback[] = [];
  for (const demand of input.scope.demands) {
    const lists = new PerLedger((state) => toRollBack(state, demand, input));
    for (const schema of demand.schemas) {
      const state = input.states.get(targetKey({ connection: demand.connection, schema }));
      if (state === undefined) continue;
      const { migrations, partly, hasOrphans } = lists.of(state);
      faults.push(...partly.map((id) => toPartlyRunFault(id, state)));
      if (migrations.length > 0 || hasOrphans) rollbacks.push({ state, migrations });
      else skips.push(notApplied(state, demand));
    }
  }
  collectDriftFaults(rollbacks, input, faults);
  if (!input.request.ignoreDependencies) collectDependentFaults(rollbacks, input, faults);
  const { work, warnings } = toWork(rollbacks, input, faults);
  refuseFaults(faults);
  const { request, hasher, catalog } = input;
  const newer = warnOfNewerStaying(rollbacks, catalog);
  return buildPlan({ request, work, skips, warnings: [...catalog.warnings, ...warnings, ...newer], hasher });
}

function notApplied({ target }: TargetState, { wanted }: PlanDemand): PlanSkip {
  const { connection, schema } = target;
  return { connection, schema, reason: 'not_applied', migrations: wanted.length };
}

/** What a request would take from a target. */
interface Going {
  /** Newest first. */
  readonly migrations: readonly Migration[];
  /** Begun and not ended: nothing that a down file speaks of. */
  readonly partly: readonly MigrationId[];
  /** Something that is partly there has no file any more. */
  readonly hasOrphans: boolean;
}

function toRollBack(
  state: TargetState,
  { wanted }: PlanDemand,
  { request: { steps }, catalog }: PlanInput,
): Going {
  const { entries } = effectiveShape(state);
  const there = wanted.filter(({ id }) => isThere(entries.get(id)?.status)).reverse();
  const taken = steps === null ? there : there.slice(0, steps);
  const [partly = [], migrations = []] = [true, false].map((begun) =>
    taken.filter(({ id }) => (entries.get(id)?.status === 'started') === begun),
  );
  const hasOrphans = entries
    .values()
    .some(({ status, migrationId }) => status === 'started' && !catalog.byId.has(migrationId));
  return { migrations, partly: partly.map(({ id }) => id), hasOrphans };
}

/** Works something out once for all targets whose ledgers say the same and count alike. */
class PerLedger<T> {
  readonly #make: (state: TargetState) => T;
  readonly #known = new Map<string, T>();

  constructor(make: (state: TargetState) => T) {
    this.#make = make;
  }

  of(state: TargetState): T {
    const key = `${state.presence} ${state.scope} ${state.shape.key}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#make(state);
    this.#known.set(key, made);
    return made;
  }
}

function collectDriftFaults(rollbacks: readonly Rollback[], input: PlanInput, faults: Fault[]): void {
  const { catalog, sameMeaning } = input;
  const drifts = new PerLedger((state) => assessTarget({ catalog, state, wanted: [], sameMeaning }).drift);
  for (const { state, migrations } of rollbacks) {
    const drift = drifts.of(state);
    if (drift.length === 0) continue;
    const going = new Set<MigrationId>(migrations.map(({ id }) => id));
    for (const each of drift) {
      const { kind, migrationId } = each;
      const counts = kind === 'missing' || going.has(migrationId) !== (kind === 'half_rolled_back');
      if (counts) faults.push(toDriftFault(each, state));
    }
  }
}

function stepKey(connection: ConnectionName, schema: SchemaName, id: MigrationId): string {
  return `${targetKey({ connection, schema })}\n${id}`;
}

/** Every migration applied or begun, anywhere, that depends directly on one that goes and does not go itself. */
function collectDependentFaults(rollbacks: readonly Rollback[], input: PlanInput, faults: Fault[]): void {
  const ids = new Set<MigrationId>();
  const going = new Set<string>();
  for (const { state, migrations } of rollbacks) {
    const { connection, schema } = state.target;
    for (const { id } of migrations) {
      ids.add(id);
      going.add(stepKey(connection, schema, id));
    }
  }
  // What depends on nothing that goes anywhere needs no look at where it is: usually that is nearly all.
  const dependents = new PerLedger((state) =>
    [...effectiveShape(state).entries.values()]
      .filter(({ status }) => isThere(status))
      .map(({ migrationId }) => input.catalog.byId.get(migrationId))
      .filter((migration) => migration?.dependencies.some((id) => ids.has(id)) === true)
      .filter((migration) => migration !== undefined),
  );
  for (const state of input.states.values()) {
    const { connection, schema } = state.target;
    for (const { id: dependent, dependencies } of dependents.of(state)) {
      if (going.has(stepKey(connection, schema, dependent))) continue;
      const broken = dependencies.find((id) => going.has(dependencyKey(id, schema, input)));
      if (broken !== undefined) faults.push(toDependentFault(broken, dependent, state));
    }
  }
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

function toWork(
  rollbacks: readonly Rollback[],
  input: PlanInput,
  faults: Fault[],
): { readonly work: readonly TargetWork[]; readonly warnings: readonly Fault[] } {
  const steps = createStepCompiler(input.compiler);
  const shared = new SharedSteps();
  const going = new GoingDependents(rollbacks, input);
  const nothing: readonly MigrationId[] = [];
  const byList = new Map<readonly Migration[], readonly PlanStep[]>();
  const work: TargetWork[] = [];
  for (const { state, migrations } of rollbacks) {
    const list =
      byList.get(migrations) ??
      shared.get(`${state.target.connection}\n${migrationsKey(migrations)}`, () =>
        migrations
          .map((migration) =>
            steps.step(migration, { direction: 'down', reason: 'selected', after: going.of(migration) }),
          )
          .filter((step): step is PlanStep => step !== null),
      );
    byList.set(migrations, list);
    work.push({ state, deferred: nothing, steps: list });
  }
  faults.push(...steps.faults, ...findUnsafePlaceholders(work));
  return { work, warnings: steps.warnings };
}

/** Which of the migrations that go depend on which, and where. */
class GoingDependents {
  readonly #dependents = new Map<MigrationId, Migration[]>();
  readonly #schemas = new Map<MigrationId, SchemaName[]>();

  constructor(rollbacks: readonly Rollback[], { catalog }: PlanInput) {
    for (const { state, migrations } of rollbacks) {
      for (const { id } of migrations) {
        const schemas = this.#schemas.get(id);
        if (schemas === undefined) this.#schemas.set(id, [state.target.schema]);
        else schemas.push(state.target.schema);
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
