import { makePlanRequest } from '@bfm/core';
import type { PlanRequest, SchemaName } from '@bfm/core';
import type { ControlContext } from '../control/control-context.ts';
import { toV1Answer, toV1Report, type V1Report, type V1RunAnswer } from './v1-answer.ts';
import { isV1Outcome, toV1Texts } from './v1-errors.ts';
import { findV1, toV1NotFound, type V1Known } from './v1-known.ts';
import { toSchemaMissing, toV1Entry, toV1Places } from './v1-places.ts';
import { describeQuarantine } from './v1-quarantine.ts';
import { previewV1, runV1, type V1Ask, type V1Outcome, withoutSteps } from './v1-run.ts';
import { parseV1Schemas } from './v1-target.ts';

/** What a client of the v1 wire wants rolled back. */
export interface V1DownRequest {
  readonly migrationId: string;
  /** Of a dynamic migration; a fixed one is rolled back in its own. */
  readonly schemas: readonly string[];
  readonly dryRun: boolean;
  readonly ignoreDependencies: boolean;
}

/**
 * Rolls one migration back and waits for the end. What goes wrong is in the answer.
 *
 * @throws {migration.not_found} {request.invalid} {name.invalid} {state.unavailable}
 */
export async function downV1(
  request: V1DownRequest,
  ask: V1Ask,
  control: ControlContext,
): Promise<V1RunAnswer> {
  const known = await findV1(request.migrationId, control);
  if (known === null) {
    throw toV1NotFound(`migration not found: ${request.migrationId.slice(0, 200)}`, request.migrationId);
  }
  return toV1Answer(await rollBackV1({ ...request, known }, ask, control));
}

/** Rolls back what an id names, in lists. */
export async function rollBackV1(
  request: Omit<V1DownRequest, 'migrationId'> & { readonly known: V1Known },
  ask: V1Ask,
  control: ControlContext,
): Promise<V1Report> {
  const { known, dryRun } = request;
  const schemas = toSchemas(known, request.schemas);
  const none: V1Report = { applied: [], skipped: [], errors: [], busy: false };
  const fault = findFault(known, schemas, control);
  if (fault !== null) return { ...none, errors: [fault] };
  const planned = toPlanRequest(known, schemas, request.ignoreDependencies);
  const places = toV1Places([known.named], schemas);
  try {
    if (!dryRun) {
      return withAbsent(
        places,
        await runV1({ plan: planned, route: 'migrations.down', request: planned }, ask, control),
      );
    }
    const steps = await previewV1(planned, ask, control);
    const applied = steps.map(({ schema }) => `${toV1Entry({ migration: known.named, schema })} (dry-run)`);
    return { ...none, applied, skipped: withoutSteps(places, steps).map(toAbsent) };
  } catch (error) {
    if (!isV1Outcome(error)) throw error;
    return { ...none, errors: toV1Texts(error, schemas), busy: error.code === 'target.locked' };
  }
}

function withAbsent(places: ReturnType<typeof toV1Places>, outcome: V1Outcome): V1Report {
  const migrations = new Map(places.map(({ migration }) => [migration.id as string, migration]));
  const report = toV1Report(outcome, migrations);
  const absent = withoutSteps(places, outcome.steps).map(toAbsent);
  return { ...report, skipped: [...absent, ...report.skipped.map((entry) => `${entry} (not applied)`)] };
}

function toAbsent(place: Parameters<typeof toV1Entry>[0]): string {
  return `${toV1Entry(place)} (not applied)`;
}

/** A fixed migration has its own schema; the others take the one in the id, or those named besides. */
function toSchemas({ named, schema }: V1Known, asked: readonly string[]): readonly SchemaName[] {
  if (named.schema !== null) return [named.schema];
  return parseV1Schemas(asked.length === 0 && schema !== null ? [schema] : asked);
}

function findFault(
  { named, present }: V1Known,
  schemas: readonly SchemaName[],
  control: ControlContext,
): string | null {
  if (present === null) {
    const loaded = control.catalogs.current();
    const kept = loaded.quarantined.find(({ id }) => id === named.id);
    return kept === undefined
      ? `${named.id}: drift.missing: its file is gone, and with it what rolls it back`
      : describeQuarantine(kept, loaded);
  }
  return schemas.length === 0 ? toSchemaMissing(named) : null;
}

function toPlanRequest(
  { named }: V1Known,
  schemas: readonly SchemaName[],
  ignoreDependencies: boolean,
): PlanRequest {
  return makePlanRequest({
    direction: 'down',
    connections: [named.connection],
    schemas,
    migrations: [named.id],
    outOfOrder: 'allow',
    ignoreDependencies,
  });
}
