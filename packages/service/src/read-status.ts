import {
  compareText,
  isBfmError,
  targetKey,
  type BfmError,
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
  type Assessment,
  type Drift,
  type InspectQuery,
  type SameMeaning,
  type TargetStore,
} from '@bfm/engine';
import { findConnection } from './planning/find-connection.ts';
import { checkConnectionNames } from './planning/read-states.ts';
import { requireSource } from './planning/require-source.ts';
import { createSameMeaning } from './planning/same-meaning.ts';
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
  /** What a person has to decide before BFM works here; `null` when nothing. */
  readonly blocker: Assessment['blocker'];
}

/**
 * Tells how targets stand: the fixed ones and every tenant a ledger knows, or just the schemas a request names. A
 * store that cannot be reached is an answer, not an exception.
 *
 * @throws source faults, `connection.not_found`, `ledger.newer_format`, `ledger.other_connection`
 */
export async function readStatus(
  request: PlanRequest,
  context: ServiceContext,
): Promise<readonly TargetStatus[]> {
  requireSource(context);
  for (const name of request.connections) findConnection(name, context);
  const scope = statusScope(request, context);
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
    const snapshot = await store.inspect(queries);
    checkConnectionNames(store, snapshot, context);
    // A connection may be asked for a named schema and for all known ones at once.
    const states = [...new Map(snapshot.targets.map((state) => [targetKey(state.target), state])).values()];
    const told = states.filter(
      ({ presence, target }) => presence !== 'missing' || scope.isNamed(target.connection, target.schema),
    );
    const sameMeaning = await createSameMeaning(told, context);
    const assessed = new SharedAssessments(sameMeaning, { scope, context });
    return told.map((state) => assessed.of(state));
  } catch (error) {
    if (!isBfmError(error) || error.code !== 'target.unreachable') throw error;
    return queries.flatMap((query) => unreachable(query, error, store));
  }
}

/** A fleet has few distinct ledgers: each is compared with the catalog once. */
class SharedAssessments {
  readonly #sameMeaning: SameMeaning;
  readonly #around: Around;
  readonly #known = new Map<string, Omit<TargetStatus, 'target' | 'presence' | 'unreachable'>>();

  constructor(sameMeaning: SameMeaning, around: Around) {
    this.#sameMeaning = sameMeaning;
    this.#around = around;
  }

  of(state: TargetState): TargetStatus {
    const { target, presence } = state;
    const wanted = this.#around.scope.wantedIn(target.connection, target.schema);
    const key = [target.connection, wanted[0]?.schema ?? '', presence, state.scope, state.shape.key].join(
      '\n',
    );
    const known = this.#known.get(key) ?? this.#assess(state, wanted);
    this.#known.set(key, known);
    return { target, presence, unreachable: null, ...known };
  }

  #assess(
    state: TargetState,
    wanted: ReturnType<StatusScope['wantedIn']>,
  ): Omit<TargetStatus, 'target' | 'presence' | 'unreachable'> {
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
    blocker: null,
  }));
}
