import {
  compareText,
  isBfmError,
  targetKey,
  type BfmError,
  type Fault,
  type LedgerEntry,
  type LedgerStatus,
  type MigrationId,
  type PlanRequest,
  type SchemaName,
  type Target,
  type TargetState,
  type Version,
} from '@bfm/core';
import {
  assessTarget,
  effectiveShape,
  planScope,
  type Assessment,
  type Drift,
  type InspectQuery,
  type SameMeaning,
  type TargetHold,
  type TargetStore,
  type UnfinishedMigration,
} from '@bfm/engine';
import { findConnection } from './planning/find-connection.ts';
import { checkConnectionNames } from './planning/read-states.ts';
import { scriptFaults, tellFaultySource } from './planning/tell-faulty-source.ts';
import { createSameMeaning } from './planning/same-meaning.ts';
import { withSharedSchemas } from './planning/shared-schemas.ts';
import { statusScope, type StatusScope } from './planning/status-scope.ts';
import type { ServiceContext } from './service-context.ts';

/** How one target stands. */
export interface TargetStatus {
  /** The schema is `null` for all tenants of a connection whose ledger could not be read. */
  readonly target: Omit<Target, 'schema'> & { readonly schema: SchemaName | null };
  /** `null`: it was read. Else why it could not be; the numbers are then zero and the lists empty. */
  readonly unreachable: BfmError | null;
  readonly presence: TargetState['presence'];
  readonly applied: number;
  /** The highest version among what is applied; `null` when nothing is. */
  readonly newest: Version | null;
  readonly pending: readonly MigrationId[];
  /** Those of `pending` whose last attempt failed. */
  readonly failed: readonly MigrationId[];
  /** Those of `pending` that run outside of one transaction and are partly done. */
  readonly started: readonly MigrationId[];
  readonly drift: readonly Drift[];
  /** Of what failed or has not ended: how far it came, and why. Only what there is a file for. */
  readonly unfinished: readonly UnfinishedMigration[];
  /** Who holds the target at this moment; `null`: nobody. */
  readonly held: TargetHold | null;
  /** What a person has to decide before BFM works here; `null` when nothing. */
  readonly blocker: Assessment['blocker'];
}

/**
 * Tells how targets stand: the fixed ones and every tenant a ledger knows, or just the schemas a request names. A
 * store that cannot be reached is an answer, not an exception.
 *
 * @param scope which of them; without it, all
 * @throws source faults and `connection.not_found`, all at once with those of what is pending; `ledger.newer_format`, `ledger.other_connection`
 */
export async function readStatus(
  request: PlanRequest,
  context: ServiceContext,
  scope = statusScope(request, context),
): Promise<readonly TargetStatus[]> {
  for (const name of request.connections) findConnection(name, context);
  const planned = planScope(context.catalog, request);
  const connections = statusScope(request, context).queries.keys();
  const faulty = await tellFaultySource({ request, scope: planned, connections }, context);
  if (faulty !== null) throw faulty;
  return readStatuses(request, context, scope);
}

/** The faults of scripts that are pending somewhere: the next up refuses them, before it runs any. */
export async function readPendingFaults(
  statuses: readonly TargetStatus[],
  context: ServiceContext,
): Promise<readonly Fault[]> {
  // Targets share their lists, so that each is gone through once.
  const ids = new Set([...new Set(statuses.map(({ pending }) => pending))].flat());
  return scriptFaults(
    context.catalog.migrations.filter(({ id }) => ids.has(id)),
    context,
  );
}

/**
 * The same whatever the source is like: what it keeps out of the catalog counts as missing.
 *
 * @throws `connection.not_found`, `ledger.newer_format`, `ledger.other_connection`
 */
export async function readStatuses(
  request: PlanRequest,
  context: ServiceContext,
  scope = statusScope(request, context),
): Promise<readonly TargetStatus[]> {
  const byStore = new Map<TargetStore, InspectQuery[]>();
  for (const [connection, queries] of scope.queries) {
    const store = context.storeOf(findConnection(connection, context));
    byStore.set(store, [...(byStore.get(store) ?? []), ...queries]);
  }
  const answers = await Promise.all(
    [...byStore].map(([store, queries]) => readStore(store, queries, { scope, context })),
  );
  return answers.flat().sort((a, b) => compareText(placeOf(a), placeOf(b)));
}

function placeOf({ target }: TargetStatus): string {
  return `${target.connection}/${target.schema ?? ''}`;
}

interface Around {
  readonly scope: StatusScope;
  readonly context: ServiceContext;
}

async function readStore(
  store: TargetStore,
  queries: readonly InspectQuery[],
  { scope, context }: Around,
): Promise<readonly TargetStatus[]> {
  try {
    const found = await store.inspect(queries);
    checkConnectionNames(store, found, context);
    const snapshot = await withSharedSchemas(store, found, context);
    // A connection may be asked for a named schema and for all known ones at once.
    const states = [...new Map(snapshot.targets.map((state) => [targetKey(state.target), state])).values()];
    const told = states.filter(
      ({ presence, target }) => presence !== 'missing' || scope.isNamed(target.connection, target.schema),
    );
    const sameMeaning = await createSameMeaning(told, context);
    const assessed = new SharedAssessments(sameMeaning, { scope, context });
    const unfinished = await readUnfinished(store, told, context);
    return told.map((state) => ({
      ...assessed.of(state),
      unfinished: unfinished.get(targetKey(state.target)) ?? [],
      held: snapshot.held.get(state.target.schema) ?? null,
    }));
  } catch (error) {
    if (!isBfmError(error) || error.code !== 'target.unreachable') throw error;
    return queries.flatMap((query) => unreachable(query, error, store));
  }
}

/** Asks for what has not ended well where there is any such thing, by target. */
async function readUnfinished(
  store: TargetStore,
  states: readonly TargetState[],
  { catalog }: ServiceContext,
): Promise<ReadonlyMap<string, readonly UnfinishedMigration[]>> {
  const shapes = new Set(states.map(effectiveShape));
  const concerned = new Set([...shapes].filter(({ entries }) => entries.values().some(isUnfinished)));
  const targets = states.filter((state) => concerned.has(effectiveShape(state))).map(({ target }) => target);
  const found = targets.length === 0 ? [] : await store.unfinished(targets);
  return Map.groupBy(
    found.filter(({ migrationId }) => catalog.byId.has(migrationId)),
    targetKey,
  );
}

function isUnfinished({ status }: LedgerEntry): boolean {
  return status === 'failed' || status === 'started' || status === 'undoing';
}

/** What targets of one ledger share. */
type SharedStatus = Omit<TargetStatus, 'target' | 'presence' | 'unreachable' | 'unfinished' | 'held'>;

/** A fleet has few distinct ledgers: each is compared with the catalog once. */
class SharedAssessments {
  readonly #sameMeaning: SameMeaning;
  readonly #around: Around;
  readonly #known = new Map<string, SharedStatus>();

  constructor(sameMeaning: SameMeaning, around: Around) {
    this.#sameMeaning = sameMeaning;
    this.#around = around;
  }

  of(state: TargetState): Omit<TargetStatus, 'unfinished' | 'held'> {
    const { target, presence } = state;
    const wanted = this.#around.scope.wantedIn(target.connection, target.schema);
    const key = [target.connection, wanted[0]?.schema ?? '', presence, state.scope, state.shape.key].join(
      '\n',
    );
    const known = this.#known.get(key) ?? this.#assess(state, wanted);
    this.#known.set(key, known);
    return { target, presence, unreachable: null, ...known };
  }

  #assess(state: TargetState, wanted: ReturnType<StatusScope['wantedIn']>): SharedStatus {
    const { catalog } = this.#around.context;
    const { applied, pending, drift, blocker } = assessTarget({
      catalog,
      state,
      wanted,
      sameMeaning: this.#sameMeaning,
    });
    const { entries } = effectiveShape(state);
    const withStatus = (status: LedgerStatus): readonly MigrationId[] =>
      pending.filter(({ id }) => entries.get(id)?.status === status).map(({ id }) => id);
    return {
      applied: applied.length,
      newest: newestVersion(applied),
      pending: pending.map(({ id }) => id),
      failed: withStatus('failed'),
      started: withStatus('started'),
      drift,
      blocker,
    };
  }
}

function newestVersion(entries: Assessment['applied']): Version | null {
  return entries.reduce<Version | null>(
    (newest, { version }) => (newest === null || version > newest ? version : newest),
    null,
  );
}

function unreachable(
  { connection, schemas }: InspectQuery,
  error: BfmError,
  store: TargetStore,
): TargetStatus[] {
  // Which tenants there are stands in the ledger that cannot be read: they are told of as one, without a schema.
  const names: readonly (SchemaName | null)[] = schemas === 'known' ? [null] : schemas;
  return names.map((schema) => ({
    target: { backend: store.backend, connection, schema },
    presence: 'missing',
    unreachable: error,
    applied: 0,
    newest: null,
    pending: [],
    failed: [],
    started: [],
    drift: [],
    unfinished: [],
    held: null,
    blocker: null,
  }));
}
