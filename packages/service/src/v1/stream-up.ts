import type { RunEvent, StoredRun, StoredStep } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { followRun } from '../control/follow-run.ts';
import { eachPlanned } from '../control/plan-places.ts';
import { eachRecorded } from '../control/recorded-steps.ts';
import { storedPlan } from '../control/stored-plan.ts';
import { toV1UpScope, type V1UpRequest, type V1UpScope } from './up.ts';
import { isV1Outcome, toV1Texts } from './v1-errors.ts';
import { toV1Entry, toV1Places } from './v1-places.ts';
import { V1ProgressTeller, type V1Progress } from './v1-progress.ts';
import { beginV1, noteSkips, previewV1, type V1Ask, withoutSteps } from './v1-run.ts';

/**
 * Applies what is selected and tells of each migration: `running`, then how it ended. What goes wrong is told, too; the last
 * message has progress 100.
 *
 * @throws {request.invalid} {name.invalid} {state.unavailable} {idempotency.key_reused}
 */
export async function* streamUpV1(
  request: V1UpRequest,
  ask: V1Ask,
  control: ControlContext,
): AsyncGenerator<V1Progress, void> {
  const scope = toV1UpScope(request, control);
  try {
    if (scope.request === null) yield* failAll(scope.errors);
    else if (request.dryRun) yield* tellPreview(await previewV1(scope.request, ask, control), scope, control);
    else yield* tellRun(await begin({ request, scope }, ask, control), { scope, ask }, control);
  } catch (error) {
    if (!isV1Outcome(error)) throw error;
    yield* failAll([...scope.errors, ...toV1Texts(error)]);
  }
}

function begin(
  { request, scope }: { readonly request: V1UpRequest; readonly scope: V1UpScope },
  ask: V1Ask,
  control: ControlContext,
): Promise<StoredRun | null> {
  if (scope.request === null) return Promise.resolve(null);
  return beginV1({ plan: scope.request, route: 'migrations.up', request }, ask, control);
}

function* failAll(errors: readonly string[]): Generator<V1Progress> {
  const teller = new V1ProgressTeller(errors.length);
  for (const error of errors) yield teller.failure(error);
}

type Steps = readonly { readonly migrationId: string; readonly schema: string }[];

function toTeller(
  steps: Steps,
  { errors, migrations, schemas }: V1UpScope,
): {
  readonly teller: V1ProgressTeller;
  readonly there: ReturnType<typeof withoutSteps>;
} {
  const there = withoutSteps(toV1Places(migrations, schemas), steps);
  return { there, teller: new V1ProgressTeller(errors.length + there.length + steps.length) };
}

function* tellPreview(steps: Steps, scope: V1UpScope, control: ControlContext): Generator<V1Progress> {
  const { teller, there } = toTeller(steps, scope);
  const entryOf = entriesOf(control);
  for (const error of scope.errors) yield teller.failure(error);
  for (const place of there) yield* teller.end(toV1Entry(place), 'skipped', 'Migration already applied');
  for (const step of steps) yield* teller.end(entryOf(step), 'success', 'dry-run');
}

async function* tellRun(
  run: StoredRun | null,
  { scope, ask }: { readonly scope: V1UpScope; readonly ask: V1Ask },
  control: ControlContext,
): AsyncGenerator<V1Progress> {
  const steps =
    run === null
      ? []
      : eachPlanned(storedPlan(run))
          .map(({ step, target }) => ({ migrationId: step.migrationId, schema: target.schema }))
          .toArray();
  const { teller, there } = toTeller(steps, scope);
  for (const error of scope.errors) yield teller.failure(error);
  for (const place of there) yield* teller.end(toV1Entry(place), 'skipped', 'Migration already applied');
  if (run === null) {
    await noteSkips(there, ask, control);
    return;
  }
  const entryOf = entriesOf(control);
  for await (const event of followRun({ runId: run.id, afterSeq: 0, signal: ask.signal }, control)) {
    yield* tellEvent(event, teller, entryOf);
  }
  ask.signal.throwIfAborted();
  for await (const step of eachRecorded(run.id, control)) yield* tellStep(step, teller, entryOf);
  for (const step of steps) yield* teller.end(entryOf(step), 'failed', 'was not begun');
}

type EntryOf = (step: { readonly migrationId: string; readonly schema: string }) => string;

function entriesOf({ catalogs }: ControlContext): EntryOf {
  const byId: ReadonlyMap<string, Parameters<typeof toV1Entry>[0]['migration']> =
    catalogs.current().catalog.byId;
  return ({ migrationId, schema }) => {
    const migration = byId.get(migrationId);
    return migration === undefined ? migrationId : toV1Entry({ migration, schema });
  };
}

function* tellEvent(
  { type, body }: RunEvent,
  teller: V1ProgressTeller,
  entryOf: EntryOf,
): Generator<V1Progress> {
  const { migration_id: migrationId, schema, outcome, error } = body;
  if (typeof migrationId !== 'string' || typeof schema !== 'string') return;
  if (type === 'step.started') yield* teller.begin(entryOf({ migrationId, schema }));
  if (type === 'step.finished' && typeof outcome === 'string') {
    yield* tellOutcome({ entry: entryOf({ migrationId, schema }), outcome, error }, teller);
  }
}

function* tellStep(step: StoredStep, teller: V1ProgressTeller, entryOf: EntryOf): Generator<V1Progress> {
  yield* tellOutcome({ entry: entryOf(step), outcome: step.outcome, error: step.error }, teller);
}

function* tellOutcome(
  { entry, outcome, error }: { readonly entry: string; readonly outcome: string; readonly error: unknown },
  teller: V1ProgressTeller,
): Generator<V1Progress> {
  if (outcome === 'applied') yield* teller.end(entry, 'success', 'Migration completed successfully');
  else if (outcome === 'skipped') yield* teller.end(entry, 'skipped', 'Migration already applied');
  else {
    const message = (error as { readonly message?: unknown } | null | undefined)?.message;
    yield* teller.end(entry, 'failed', typeof message === 'string' ? message : outcome);
  }
}
