import {
  targetKey,
  toFaultsError,
  type BackendName,
  type ConnectionName,
  type Fault,
  type Migration,
  type PlanRequest,
  type PlanSkip,
  type SchemaName,
  type TargetState,
} from '@bfm/core';
import { planScope, type LedgerKeeper, type PlanDemand } from '@bfm/engine';
import { explainKinds, readChecksums, toSchemaKinds, type SchemaKind } from './baseline/compare-schemas.ts';
import { decideBaseline } from './baseline/decide-baseline.ts';
import { writeEdits, type EditSettings } from './editing/write-edits.ts';
import type { EditRun, PlannedEdit } from './editing/ledger-edit-run.ts';
import { findConnection } from './planning/find-connection.ts';
import { readStates } from './planning/read-states.ts';
import { requireSelection } from './planning/require-selection.ts';
import { requireSource } from './planning/require-source.ts';
import type { ServiceContext } from './service-context.ts';

/** Schemas of one connection in which the same migrations are to be marked as applied. */
export interface BaselineGroup {
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  /** In canonical order. */
  readonly migrations: readonly Migration[];
  /** What the schemas are made of; the kind that most are of first. */
  readonly kinds: readonly SchemaKind[];
}

/** What a baseline would do. */
export interface BaselinePlan {
  readonly groups: readonly BaselineGroup[];
  readonly edits: readonly PlannedEdit[];
  /** `up_to_date`: marked already. `schema_missing`: listed, and not there. */
  readonly skips: readonly PlanSkip[];
}

/**
 * Works out which migrations are to be marked as applied in which existing schemas; changes nothing. The request's `to` is
 * the bound. What selected migrations depend on is marked with them in the same schema, and never in others.
 *
 * @throws {baseline.not_possible} when a schema is missing or empty, or something is applied there; all such at once
 * @throws source faults, `request.schema_required`, `connection.not_found`, `target.unreachable`
 */
export async function planBaseline(request: PlanRequest, context: ServiceContext): Promise<BaselinePlan> {
  requireSource(context);
  for (const name of request.connections) findConnection(name, context);
  const scope = planScope(context.catalog, request);
  requireSelection(scope, request);
  const demands = scope.demands.filter(({ wanted, pulledIn }) => wanted.length > pulledIn.size);
  const wanted = new Map<ConnectionName, readonly SchemaName[]>();
  for (const { connection, schemas } of demands) {
    wanted.set(connection, [...(wanted.get(connection) ?? []), ...schemas]);
  }
  const states = await readStates(wanted, context);
  const work = new BaselineWork(request, context, scope.skips);
  for (const demand of demands) work.add(demand, states);
  return work.toPlan();
}

/**
 * Refuses to go on when schemas that are to be marked alike are not made alike.
 *
 * @throws {baseline.schemas_differ}
 */
export function requireAlike({ groups }: BaselinePlan): void {
  const faults = groups.filter(({ kinds }) => kinds.length > 1).map(differFault);
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

/**
 * Marks migrations as applied without running them, one transaction per target, under lock and fence.
 *
 * @throws as {@link writeEdits} does
 */
export async function applyBaseline(
  plan: BaselinePlan,
  settings: EditSettings,
  context: ServiceContext,
): Promise<EditRun> {
  return writeEdits(plan.edits, settings, context);
}

interface Accepted {
  readonly demand: PlanDemand;
  readonly state: TargetState;
  readonly edit: PlannedEdit['edit'];
}

/** Gathers decisions over all demands of a request. */
class BaselineWork {
  readonly #request: PlanRequest;
  readonly #context: ServiceContext;
  readonly #faults: Fault[] = [];
  readonly #skips: PlanSkip[];
  readonly #accepted: Accepted[] = [];

  constructor(request: PlanRequest, context: ServiceContext, skips: readonly PlanSkip[]) {
    this.#request = request;
    this.#context = context;
    this.#skips = [...skips];
  }

  add(demand: PlanDemand, states: ReadonlyMap<string, TargetState>): void {
    for (const schema of demand.schemas) {
      const state = states.get(targetKey({ connection: demand.connection, schema }));
      if (state === undefined) continue;
      if (state.presence === 'missing' && !this.#isNamed(demand, schema)) {
        this.#skip(demand, schema, 'schema_missing');
        continue;
      }
      const { catalog } = this.#context;
      const decision = decideBaseline({ catalog, state, wanted: demand.wanted });
      if (decision.kind === 'refused') this.#faults.push(decision.fault);
      else if (decision.kind === 'done_already') this.#skip(demand, schema, 'up_to_date');
      else this.#accepted.push({ demand, state, edit: decision.edit });
    }
  }

  async toPlan(): Promise<BaselinePlan> {
    const [first, ...rest] = this.#faults;
    if (first !== undefined) throw toFaultsError([first, ...rest]);
    const checksums = new Map<string, string>();
    const groups: BaselineGroup[] = [];
    for (const [demand, accepted] of Map.groupBy(this.#accepted, (item) => item.demand)) {
      const kinds = await this.#kindsOf(accepted.map(({ state }) => state));
      for (const { catalogChecksum, schemas } of kinds) {
        for (const schema of schemas) {
          checksums.set(targetKey({ connection: demand.connection, schema }), catalogChecksum);
        }
      }
      groups.push({
        backend: demand.backend,
        connection: demand.connection,
        migrations: demand.wanted,
        kinds,
      });
    }
    const edits = this.#accepted.map(({ state: { target }, edit }) => ({
      target,
      edit,
      catalogChecksum: checksums.get(targetKey(target)) ?? null,
    }));
    return { groups, edits, skips: this.#skips };
  }

  async #kindsOf(states: readonly TargetState[]): Promise<readonly SchemaKind[]> {
    const [first] = states;
    if (first === undefined) return [];
    const keeper: LedgerKeeper = this.#context.keeperOf(
      findConnection(first.target.connection, this.#context),
    );
    const schemas = states.map(({ target }) => target.schema);
    return explainKinds(toSchemaKinds(await readChecksums(schemas, keeper)), keeper);
  }

  /** Named one by one or fixed by a file: it must be there. One from a list may be on its way. */
  #isNamed({ fixed }: PlanDemand, schema: SchemaName): boolean {
    return fixed !== null || this.#request.schemas.includes(schema);
  }

  #skip({ connection, wanted }: PlanDemand, schema: SchemaName, reason: PlanSkip['reason']): void {
    this.#skips.push({ connection, schema, reason, migrations: wanted.length });
  }
}

function differFault({ connection, kinds }: BaselineGroup): Fault {
  const [usual, ...odd] = kinds;
  const schemas = odd.flatMap((kind) => kind.schemas);
  const total = schemas.length + (usual?.schemas.length ?? 0);
  const names = schemas.length <= 5 ? schemas.join(', ') : `${schemas.slice(0, 5).join(', ')} ...`;
  return {
    code: 'baseline.schemas_differ',
    message: `${usual?.schemas.length ?? 0} of ${total} schemas of ${connection} are identical, ${schemas.length === 1 ? 'this one differs' : `these ${schemas.length} differ`}: ${names}; nothing was changed`,
    where: { connection },
    mend: 'baseline each kind with the version it is on (--schema NAME, --to VERSION), or mark all alike with --allow-different',
  };
}
