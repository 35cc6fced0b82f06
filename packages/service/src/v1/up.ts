import { makePlanRequest, BfmError, type Migration, type PlanRequest, type SchemaName } from '@bfm/core';
import type { ControlContext } from '../control/control-context.ts';
import { describeQuarantine } from './v1-quarantine.ts';
import { toV1Answer, toV1Report, type V1Report, type V1RunAnswer } from './v1-answer.ts';
import { isV1Outcome, toV1Texts } from './v1-errors.ts';
import { toSchemaMissing, toV1Entry, toV1Places } from './v1-places.ts';
import { noteSkips, previewV1, runV1, type V1Ask, withoutSteps } from './v1-run.ts';
import { parseV1Schemas, selectV1, type V1Target } from './v1-target.ts';

/** What a client of the v1 wire wants applied. */
export interface V1UpRequest {
  /** `null`: the request has none. */
  readonly target: V1Target | null;
  /** Must be configured if anything is to be run; it narrows nothing. */
  readonly connection: string;
  /** Of dynamic migrations; fixed ones run in their own. */
  readonly schemas: readonly string[];
  readonly dryRun: boolean;
  readonly ignoreDependencies: boolean;
}

/** What a request comes to before anything is planned. */
export interface V1UpScope {
  /** `null`: nothing is left to run. */
  readonly request: PlanRequest | null;
  readonly migrations: readonly Migration[];
  readonly schemas: readonly SchemaName[];
  /** What is asked for and cannot be run. */
  readonly errors: readonly string[];
}

/**
 * Applies what is selected and waits for the end. What goes wrong is in the answer.
 *
 * @throws {request.invalid} {name.invalid} {state.unavailable} {idempotency.key_reused} {idempotency.in_progress}
 */
export async function upV1(request: V1UpRequest, ask: V1Ask, control: ControlContext): Promise<V1RunAnswer> {
  const scope = toV1UpScope(request, control);
  const around = { scope, ask, asked: request };
  const none: V1Report = { applied: [], skipped: [], errors: scope.errors, busy: false };
  if (scope.request === null) return toV1Answer(none);
  try {
    const found = request.dryRun
      ? await preview(scope.request, around, control)
      : await carryOut(scope.request, around, control);
    return toV1Answer({ ...found, errors: [...scope.errors, ...found.errors] });
  } catch (error) {
    if (!isV1Outcome(error)) throw error;
    const busy = error.code === 'target.locked';
    return toV1Answer({ ...none, errors: [...scope.errors, ...toV1Texts(error)], busy });
  }
}

/** Works out what a request is about. @throws {request.invalid} {name.invalid} */
export function toV1UpScope(request: V1UpRequest, control: ControlContext): V1UpScope {
  const { target, connection, ignoreDependencies } = request;
  if (target === null) throw noTarget();
  const schemas = parseV1Schemas(request.schemas);
  const loaded = control.catalogs.current();
  const { migrations, quarantined } = selectV1(target, schemas, loaded);
  const nothing = { request: null, migrations: [], schemas };
  if (migrations.length + quarantined.length === 0) return { ...nothing, errors: [] };
  const unknown = unconfigured(connection, schemas, control);
  if (unknown.length > 0) return { ...nothing, errors: unknown };
  const placed = schemas.length > 0 ? migrations : migrations.filter(({ schema }) => schema !== null);
  const runnable = placed.filter((each) => control.connections.has(each.connection));
  const errors = [
    ...quarantined.map((each) => describeQuarantine(each, loaded)),
    ...migrations.filter((each) => !placed.includes(each)).map(toSchemaMissing),
    ...new Set(placed.flatMap((each) => unconfigured(each.connection, schemas, control))),
  ];
  if (runnable.length === 0) return { ...nothing, errors };
  return {
    request: toPlanRequest({ migrations: runnable, schemas, ignoreDependencies }),
    migrations: runnable,
    schemas,
    errors,
  };
}

interface Around {
  readonly scope: V1UpScope;
  readonly ask: V1Ask;
  readonly asked: V1UpRequest;
}

async function preview(
  request: PlanRequest,
  { scope, ask }: Around,
  control: ControlContext,
): Promise<V1Report> {
  const steps = await previewV1(request, ask, control);
  const { byId } = control.catalogs.current().catalog;
  const known: ReadonlyMap<string, Migration> = byId;
  const applied = steps.map(({ migrationId, schema }) => {
    const migration = known.get(migrationId);
    return `${migration === undefined ? migrationId : toV1Entry({ migration, schema })} (dry-run)`;
  });
  const skipped = withoutSteps(toV1Places(scope.migrations, scope.schemas), steps).map(toV1Entry);
  return { applied, skipped, errors: [], busy: false };
}

async function carryOut(
  plan: PlanRequest,
  { scope, ask, asked }: Around,
  control: ControlContext,
): Promise<V1Report> {
  const outcome = await runV1({ plan, route: 'migrations.up', request: asked }, ask, control);
  const there = withoutSteps(toV1Places(scope.migrations, scope.schemas), outcome.steps);
  // A run notes for itself what it left out.
  if (outcome.run === null) await noteSkips(there, ask, control);
  const report = toV1Report(outcome, control.catalogs.current().catalog.byId);
  return { ...report, skipped: [...there.map(toV1Entry), ...report.skipped] };
}

function toPlanRequest({
  migrations,
  schemas,
  ignoreDependencies,
}: Pick<V1UpScope, 'migrations' | 'schemas'> & { readonly ignoreDependencies: boolean }): PlanRequest {
  const fixed = migrations.flatMap(({ schema }) => (schema === null ? [] : [schema]));
  return makePlanRequest({
    // A plan takes fixed migrations only of the schemas that are named.
    schemas: [...new Set([...schemas, ...fixed])],
    migrations: migrations.map(({ id }) => id),
    // BFM v1 knew no order beside dependencies, and its clients cannot allow what they never heard of.
    outOfOrder: 'allow',
    ignoreDependencies,
  });
}

function unconfigured(
  connection: string,
  schemas: readonly string[],
  { connections }: ControlContext,
): readonly string[] {
  const names: ReadonlySet<string> = new Set(connections.keys());
  if (names.has(connection)) return [];
  const places = schemas.length === 0 ? [''] : schemas;
  return places.map(
    (schema) => `schema ${schema}: failed to get connection config: connection ${connection} not found`,
  );
}

function noTarget(): BfmError {
  return new BfmError('request.invalid', {
    message: 'request and target are required',
    next: 'send a target, {} for everything; nothing was done',
  });
}
