import type {
  Fault,
  Migration,
  MigrationId,
  Plan,
  PlanRequest,
  PlanSkip,
  PlanStep,
  TargetState,
  Catalog,
  Version,
} from '@bfm/core';
import { targetKey } from '@bfm/core';
import type { Hasher } from '../ports/hasher.ts';
import type { ScriptCompiler } from '../ports/script-compiler.ts';
import {
  assessTarget,
  effectiveShape,
  toDriftFault,
  type Assessment,
  type SameMeaning,
} from './assess-target.ts';
import { toBlockerFault } from './blocker-fault.ts';
import { createStepCompiler, toStepDependency, type StepCompiler } from './compile-step.ts';
import { buildPlan, migrationsKey, refuseFaults, SharedSteps, type TargetWork } from './plan-builder.ts';
import type { PlanDemand, PlanScope } from './plan-scope.ts';

/** Everything a plan depends on. The same input gives the same plan, whatever order its parts come in. */
export interface PlanInput {
  readonly catalog: Catalog;
  readonly request: PlanRequest;
  readonly scope: PlanScope;
  /** By {@link targetKey}: one state for every target of the scope. */
  readonly states: ReadonlyMap<string, TargetState>;
  readonly sameMeaning: SameMeaning;
  readonly compiler: ScriptCompiler;
  readonly hasher: Hasher;
}

interface UpContext extends PlanInput {
  readonly steps: StepCompiler;
  readonly shared: SharedSteps;
  readonly faults: Fault[];
  readonly skips: PlanSkip[];
}

/**
 * Plans all that is wanted and not applied yet. Pure.
 *
 * @throws the code of the first fault when anything stands against it: drift (`drift.*`), a schema that needs a person
 * (`ledger.*`), a script that cannot run (`migration.*`). All faults are in its details; nothing is half planned.
 */
export function planUp(input: PlanInput): Plan {
  const context: UpContext = {
    ...input,
    steps: createStepCompiler(input.compiler),
    shared: new SharedSteps(),
    faults: [],
    skips: [...input.scope.skips],
  };
  const work = input.scope.demands.flatMap((demand) => planDemand(demand, context));
  refuseFaults([...context.faults, ...context.steps.faults]);
  const { request, skips, hasher } = context;
  return buildPlan({ request, work, skips, warnings: input.catalog.warnings, hasher });
}

function planDemand(demand: PlanDemand, context: UpContext): TargetWork[] {
  const universe = context.catalog.migrations.filter(
    ({ connection, schema }) => connection === demand.connection && schema === demand.fixed,
  );
  const work: TargetWork[] = [];
  const seen = new Map<string, Assessment>();
  for (const schema of demand.schemas) {
    const state = context.states.get(targetKey({ connection: demand.connection, schema }));
    if (state === undefined) continue;
    if (isMissingFromList(state, context.request)) {
      context.skips.push(toSkip(state, 'schema_missing', demand.wanted.length));
      continue;
    }
    const assessment = assessShared(demand, state, { context, seen });
    collectFaults(assessment, { demand, state }, context);
    if (assessment.pending.length === 0) {
      context.skips.push(toSkip(state, 'up_to_date', demand.wanted.length));
      continue;
    }
    work.push({
      state,
      steps: stepsFor(assessment.pending, demand, context),
      deferred: deferredBy(assessment.pending, universe, { state, context }),
    });
  }
  return work;
}

/** Assessing is the same for all targets of one shape, presence and scope; a fleet has few of these. */
function assessShared(
  demand: PlanDemand,
  state: TargetState,
  { context, seen }: { context: UpContext; seen: Map<string, Assessment> },
): Assessment {
  const key = `${state.presence} ${state.scope} ${state.shape.key}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const { catalog, sameMeaning } = context;
  const assessment = assessTarget({ catalog, state, wanted: demand.wanted, sameMeaning });
  seen.set(key, assessment);
  return assessment;
}

function isMissingFromList(state: TargetState, request: PlanRequest): boolean {
  const { schema } = state.target;
  const onlyListed = request.listedSchemas.includes(schema) && !request.schemas.includes(schema);
  return state.presence === 'missing' && onlyListed && !request.createSchemas;
}

function toSkip(state: TargetState, reason: PlanSkip['reason'], migrations: number): PlanSkip {
  const { connection, schema } = state.target;
  return { connection, schema, reason, migrations };
}

function collectFaults(
  assessment: Assessment,
  { demand, state }: { readonly demand: PlanDemand; readonly state: TargetState },
  { request, faults }: UpContext,
): void {
  if (assessment.blocker !== null && !request.allowNonEmpty) {
    faults.push(toBlockerFault(assessment.blocker, state, newestOf(demand)));
  }
  for (const drift of assessment.drift) {
    if (drift.kind !== 'out_of_order' || request.outOfOrder === 'refuse') {
      faults.push(toDriftFault(drift, state));
    }
  }
}

function newestOf({ wanted }: PlanDemand): Version {
  return wanted.map(({ version }) => version).reduce((a, b) => (a > b ? a : b));
}

function stepsFor(
  pending: readonly Migration[],
  demand: PlanDemand,
  context: UpContext,
): readonly PlanStep[] {
  return context.shared.get(`${demand.connection}\n${migrationsKey(pending)}`, () =>
    pending
      .map((migration) =>
        context.steps.step(migration, {
          direction: 'up',
          reason: demand.pulledIn.has(migration.id) ? 'dependency' : 'selected',
          after: dependenciesOf(migration, context.catalog),
        }),
      )
      .filter((step) => step !== null),
  );
}

function dependenciesOf(migration: Migration, catalog: Catalog): PlanStep['after'] {
  return migration.dependencies
    .map((id) => catalog.byId.get(id))
    .filter((dependency) => dependency !== undefined)
    .map(toStepDependency);
}

/** Pending, not wanted, before something that is: remembered, so that it is not called out of order later. */
function deferredBy(
  pending: readonly Migration[],
  universe: readonly Migration[],
  { state, context }: { state: TargetState; context: UpContext },
): readonly MigrationId[] {
  const planned = new Set(pending);
  const last = pending.at(-1);
  const { entries } = effectiveShape(state);
  const end = last === undefined ? -1 : (context.catalog.rank.get(last.id) ?? -1);
  return universe
    .filter((migration) => !planned.has(migration) && !entries.has(migration.id))
    .filter(({ id }) => (context.catalog.rank.get(id) ?? Infinity) < end)
    .map(({ id }) => id);
}
