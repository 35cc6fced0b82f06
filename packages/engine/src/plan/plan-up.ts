import type {
  Fault,
  Migration,
  MigrationId,
  Plan,
  PlanRequest,
  PlanSkip,
  PlanStep,
  SchemaName,
  TargetState,
  Catalog,
  Version,
} from '@bfm/core';
import { targetKey } from '@bfm/core';
import type { Hasher } from '../ports/hasher.ts';
import type { ScriptCompiler } from '../ports/script-compiler.ts';
import { assessTarget, effectiveShape, type Assessment, type SameMeaning } from './assess-target.ts';
import { toBlockerFault } from './blocker-fault.ts';
import { createStepCompiler, toStepDependency, type StepCompiler } from './compile-step.ts';
import { toDriftFault } from './drift-fault.ts';
import { buildPlan, migrationsKey, refuseFaults, SharedSteps, type TargetWork } from './plan-builder.ts';
import type { PlanDemand, PlanScope } from './plan-scope.ts';
import { findUnsafePlaceholders } from './unsafe-placeholders.ts';

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
  /** Schemas that are skipped when they do not exist: a list gave them, and nobody named them. */
  readonly onlyListed: ReadonlySet<SchemaName>;
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
    onlyListed: onlyListed(input.request),
  };
  const work = input.scope.demands.flatMap((demand) => planDemand(demand, context));
  refuseFaults([...context.faults, ...context.steps.faults, ...findUnsafePlaceholders(work)]);
  const { request, skips, hasher } = context;
  return buildPlan({
    request,
    work,
    skips,
    warnings: [...input.catalog.warnings, ...context.steps.warnings],
    hasher,
  });
}

function planDemand(demand: PlanDemand, context: UpContext): TargetWork[] {
  const work: TargetWork[] = [];
  const outlooks = new SharedOutlooks(demand, context);
  for (const schema of demand.schemas) {
    const state = context.states.get(targetKey({ connection: demand.connection, schema }));
    if (state === undefined) continue;
    if (state.presence === 'missing' && context.onlyListed.has(schema)) {
      context.skips.push(toSkip(state, 'schema_missing', demand.wanted.length));
      continue;
    }
    const outlook = outlooks.of(state);
    const { assessment, steps, deferred } = outlook;
    collectFaults(outlook, { demand, state }, context);
    if (assessment.pending.length > 0) work.push({ state, steps, deferred });
    else context.skips.push(toSkip(state, 'up_to_date', demand.wanted.length));
  }
  return work;
}

/** What is to be done on a target, apart from which one it is. */
interface Outlook extends Omit<TargetWork, 'state'> {
  readonly assessment: Assessment;
  /** All its faults have been told of one target. */
  isTold: boolean;
}

/** With a wrong tree each of thousands of targets drifts in all its hundreds of migrations: that would be millions of faults. */
const DRIFTS_OF_OTHERS_MAX = 20;

/** Worked out once for all targets of one shape, presence and scope: a fleet has few of these. */
class SharedOutlooks {
  readonly #demand: PlanDemand;
  readonly #context: UpContext;
  readonly #universe: readonly Migration[];
  readonly #known = new Map<string, Outlook>();

  constructor(demand: PlanDemand, context: UpContext) {
    this.#demand = demand;
    this.#context = context;
    this.#universe = context.catalog.migrations.filter(
      ({ connection, schema }) => connection === demand.connection && schema === demand.fixed,
    );
  }

  of(state: TargetState): Outlook {
    const key = `${state.presence} ${state.scope} ${state.shape.key}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { catalog, sameMeaning } = this.#context;
    const { wanted } = this.#demand;
    const assessment = assessTarget({ catalog, state, wanted, sameMeaning });
    const { pending } = assessment;
    const outlook: Outlook = {
      assessment,
      isTold: false,
      steps: pending.length === 0 ? [] : stepsFor(pending, this.#demand, this.#context),
      deferred: deferredBy(pending, this.#universe, { state, context: this.#context }),
    };
    this.#known.set(key, outlook);
    return outlook;
  }
}

function onlyListed({ listedSchemas, schemas, createSchemas }: PlanRequest): ReadonlySet<SchemaName> {
  return createSchemas ? new Set() : new Set(listedSchemas).difference(new Set(schemas));
}

function toSkip(state: TargetState, reason: PlanSkip['reason'], migrations: number): PlanSkip {
  const { connection, schema } = state.target;
  return { connection, schema, reason, migrations };
}

/** Every drift is told of one target at least, and every target that drifts of some. */
function collectFaults(
  outlook: Outlook,
  { demand, state }: { readonly demand: PlanDemand; readonly state: TargetState },
  { request, faults }: UpContext,
): void {
  const { assessment } = outlook;
  if (assessment.blocker !== null && !request.allowNonEmpty) {
    faults.push(toBlockerFault(assessment.blocker, state, newestOf(demand)));
  }
  const most = outlook.isTold ? DRIFTS_OF_OTHERS_MAX : Infinity;
  outlook.isTold = true;
  for (const drift of assessment.drift.slice(0, most)) {
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
