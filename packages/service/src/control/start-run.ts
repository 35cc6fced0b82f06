import { isBfmError, type Plan } from '@bfm/core';
import type { IdempotencyClaim, StateAction, StateWrites, StoredRun } from '@bfm/engine';
import { replan } from '../apply-plan.ts';
import { planMigrations } from '../plan-migrations.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';
import { findRun } from './find-run.ts';
import { planningContext } from './preview-plan.ts';
import type { OrderKey, RunOrder } from './run-order.ts';
import { toStorable } from './storable.ts';
import { toStoredPlan } from './stored-plan.ts';

/** How long a key is remembered, in milliseconds: a day. */
const KEPT_MS = 86_400_000;
const BUSY_MS = 30_000;

/**
 * Plans what is asked for and has it run. The run, its job, its audit entry and the key of the request are made in one
 * transaction; the same request again gives the same run, also when it comes at the same moment.
 *
 * @throws {auth.forbidden} {idempotency.key_reused} {plan.stale} and whatever {@link planMigrations} throws; nothing is to be run then
 */
export async function startRun(order: RunOrder, caller: Caller, control: ControlContext): Promise<StoredRun> {
  await control.failpoints.reach('request.parsed');
  await authorise(caller, { permission: 'run.start', object: 'run' }, control);
  const before = await findRepeated(order, caller, control);
  if (before !== null) return findRun(before, control);
  const plan = await planOrder(order, caller, control);
  try {
    const run = await create({ order, plan }, caller, control);
    await control.failpoints.reach('run.created');
    control.wakeWorkers();
    return run;
  } catch (error) {
    if (error instanceof Repeated) return findRun(error.runId, control);
    throw error;
  }
}

/** Ends a transaction that has found that it is not the first. */
class Repeated extends Error {
  readonly runId: string;

  constructor(runId: string) {
    super('repeated');
    this.runId = runId;
  }
}

class NotRepeated extends Error {}

/** Looks first: what came of a request does not change because it would be planned otherwise by now. */
async function findRepeated(
  order: RunOrder,
  caller: Caller,
  control: ControlContext,
): Promise<string | null> {
  const { idempotency } = order;
  if (idempotency === null) return null;
  try {
    await control.state.write(caller, startAction('run', {}), async (state) => {
      await claim(idempotency, caller, state);
      throw new NotRepeated();
    });
    return null;
  } catch (error) {
    if (error instanceof Repeated) return error.runId;
    if (error instanceof NotRepeated) return null;
    throw error;
  }
}

async function planOrder(order: RunOrder, caller: Caller, control: ControlContext): Promise<Plan> {
  const context = planningContext(caller, control);
  try {
    return order.digest === null
      ? await planMigrations(order.request, context)
      : await replan(order.request, order.digest, context);
  } catch (error) {
    if (isBfmError(error)) await noteRefusal(error.code, caller, control);
    throw error;
  }
}

/** The refusal stands whether or not it could be written down. */
async function noteRefusal(code: string, caller: Caller, { state }: ControlContext): Promise<void> {
  const action: StateAction = { action: 'run.start', object: 'run', result: 'refused', detail: { code } };
  await state.write(caller, action, () => Promise.resolve()).catch(() => undefined);
}

function create(
  { order, plan }: { readonly order: RunOrder; readonly plan: Plan },
  caller: Caller,
  control: ControlContext,
): Promise<StoredRun> {
  const { request, options, idempotency } = order;
  const id = control.newId();
  const detail = { direction: plan.direction, digest: plan.digest };
  return control.state.write(caller, startAction(`run/${id}`, detail), async (state) => {
    const key = idempotency === null ? null : await claim(idempotency, caller, state);
    const run = await state.runs.create({
      id,
      direction: plan.direction,
      request: toStorable({ ...request }),
      options: toStorable({ ...control.runDefaults, ...options }),
      plan: toStoredPlan(plan),
      planDigest: plan.digest,
      actor: caller.name,
      method: caller.method,
      context: toStorable(caller.context),
    });
    await state.jobs.enqueue(id);
    if (key !== null) await state.idempotencyKeys.answer(key, { runId: id, response: null });
    return run;
  });
}

/** @throws {Repeated} {idempotency.key_reused} {idempotency.in_progress} */
async function claim(order: OrderKey, caller: Caller, state: StateWrites): Promise<IdempotencyClaim> {
  const asked = {
    caller: caller.tokenId ?? caller.name,
    ...order,
    keptMs: KEPT_MS,
    busyMs: BUSY_MS,
  };
  const kept = await state.idempotencyKeys.claim(asked);
  if (kept === null) return asked;
  throw new Repeated(kept.runId ?? '');
}

function startAction(object: string, detail: StateAction['detail']): StateAction {
  return { action: 'run.start', object, result: 'ok', detail };
}
