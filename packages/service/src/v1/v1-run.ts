import type { Plan, PlanRequest } from '@bfm/core';
import type { NewSkip, StoredRun, StoredStep } from '@bfm/engine';
import { awaitRun } from '../control/await-run.ts';
import type { Caller } from '../control/caller.ts';
import type { ControlContext } from '../control/control-context.ts';
import { toOrderKey } from '../control/order-key.ts';
import { planningContext, previewPlan } from '../control/preview-plan.ts';
import { eachRecorded } from '../control/recorded-steps.ts';
import { hasEnded } from '../control/run-ended.ts';
import { startRun } from '../control/start-run.ts';
import { placeKey, type V1Place } from './v1-places.ts';

/** Who asks on the v1 wire, and how long they wait. */
export interface V1Ask {
  readonly caller: Caller;
  /** Ends the waiting, never the run. */
  readonly signal: AbortSignal;
  /** With which the client may repeat its request, over any transport; `null`: it sent none. */
  readonly key: string | null;
}

/** A plan to make and run, and the request that it comes of. */
export interface V1Work {
  readonly plan: PlanRequest;
  /** For {@link V1Ask.key}: such as `migrations.up`. */
  readonly route: string;
  readonly request: unknown;
}

/** What became of what was asked for. */
export interface V1Outcome {
  /** In the order they ran. */
  readonly steps: readonly StoredStep[];
  /** `null`: nothing had to be run. */
  readonly run: StoredRun | null;
}

const NOTHING: V1Outcome = { steps: [], run: null };
/** More rows than this of one request nobody reads; what was skipped stands in the answer. */
const SKIPS_MAX = 10_000;

/**
 * Plans, runs and waits for the end.
 *
 * @throws whatever stands against the plan; what fails while running is in the steps
 */
export async function runV1(work: V1Work, ask: V1Ask, control: ControlContext): Promise<V1Outcome> {
  const begun = await beginV1(work, ask, control);
  if (begun === null) return NOTHING;
  const run = await awaitRun(begun.id, ask.signal, control);
  if (!hasEnded(run)) ask.signal.throwIfAborted();
  const steps: StoredStep[] = [];
  for await (const step of eachRecorded(run.id, control)) steps.push(step);
  return { run, steps };
}

/** Starts a run; `null` when there is nothing to do, so that a start of many processes at once leaves no runs. */
export async function beginV1(
  { plan, ...repeatable }: V1Work,
  { caller, key }: V1Ask,
  control: ControlContext,
): Promise<StoredRun | null> {
  const { hasher } = planningContext(caller, control);
  const idempotency = toOrderKey({ ...repeatable, key }, hasher);
  if (idempotency === null && isEmpty(await previewPlan(plan, caller, control))) return null;
  return startRun({ request: plan, options: {}, digest: null, idempotency }, caller, control);
}

/** What a plan has, as if it had been run. */
export async function previewV1(
  request: PlanRequest,
  { caller }: V1Ask,
  control: ControlContext,
): Promise<readonly { readonly migrationId: string; readonly schema: string }[]> {
  const { groups } = await previewPlan(request, caller, control);
  return groups.flatMap(({ targets, steps }) =>
    targets.flatMap(({ schema }) => steps.map(({ migrationId }) => ({ migrationId, schema }))),
  );
}

/** Those of the places that have no step: they are as they should be already. */
export function withoutSteps(
  places: readonly V1Place[],
  steps: readonly { readonly migrationId: string; readonly schema: string }[],
): readonly V1Place[] {
  const planned = new Set(steps.map(({ migrationId, schema }) => placeKey(migrationId, schema)));
  return places.filter(({ migration, schema }) => !planned.has(placeKey(migration.id, schema)));
}

/** Notes what was asked for and is applied already. */
export async function noteSkips(
  places: readonly V1Place[],
  { caller }: V1Ask,
  control: ControlContext,
): Promise<void> {
  const skips = places.slice(0, SKIPS_MAX).map(({ migration, schema }): NewSkip => ({
    migrationId: migration.id,
    connection: migration.connection,
    schema,
    backend: migration.backend,
    actor: caller.name,
    method: caller.method,
    context: caller.context,
  }));
  if (skips.length > 0) await control.state.note((state) => state.skips.record(skips));
}

function isEmpty({ groups }: Plan): boolean {
  return groups.every(({ steps, targets }) => steps.length === 0 || targets.length === 0);
}
