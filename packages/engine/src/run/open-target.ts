import { BfmError, describeHolder, type Target, type TargetHolder } from '@bfm/core';
import type { SessionPlace } from '../ports/session-budget.ts';
import type { OpenOptions, OpenResult, TargetStore } from '../ports/target-store.ts';
import { HeldTarget } from './held-target.ts';
import type { RunContext, RunOptions } from './run-options.ts';
import { TargetLeases, type LeaseRequest } from './target-leases.ts';
import { notBegunError } from './units.ts';

const POLL_MS = 100;

/** How long, and by which clock, to wait for a target. */
export interface Waiting extends Pick<RunContext, 'clock' | 'random' | 'emit'> {
  readonly options: Pick<RunOptions, 'lockWaitMs' | 'stop'>;
}

/** What is said to be held by somebody. */
interface Refused {
  readonly ok: false;
  readonly holder: TargetHolder;
}

/** Takes a target for a run. @throws as {@link whileLeased} does */
export async function openTarget(
  {
    target,
    store,
    mayShare,
  }: Pick<Required<OpenOptions>, 'target' | 'mayShare'> & { readonly store: TargetStore },
  context: RunContext,
): Promise<HeldTarget> {
  const { runId, actor, pid, cancel } = context.options;
  const attempt = (): Promise<OpenResult> => {
    context.emit({ type: 'target.asking', target, whom: 'store', address: store.address });
    return store.tryOpen({ target, runId, actor, signal: cancel, mayShare });
  };
  const holder = { actor, pid, runId, ...target };
  const { locks: provider } = context;
  const leases = new TargetLeases(provider && { provider, holder, store, schemas: [target.schema] });
  const tryIt = (): Promise<OpenResult> => {
    if (provider !== null) {
      context.emit({ type: 'target.asking', target, whom: 'locks', address: provider.address });
    }
    return tryBoth(leases, attempt);
  };
  try {
    const opened = await waitForTarget(target, () => inBudget({ target, store }, tryIt, context), context);
    return new HeldTarget(target, opened, leases);
  } catch (error) {
    await leases[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whoever holds no target needs no place. @throws {run.cancelled} when asked to stop while all places are taken */
async function inBudget<Taken extends { readonly ok: true }>(
  { target, store }: { readonly target: Target; readonly store: TargetStore },
  attempt: () => Promise<Taken | Refused>,
  { budget, options }: Pick<RunContext, 'budget' | 'options'>,
): Promise<(Taken & { readonly place: SessionPlace | null }) | Refused> {
  const place = budget === null ? null : await budget.enter(store, options.stop);
  if (budget !== null && place === null) throw notBegunError(target, options.stop);
  try {
    const result = await attempt();
    if (result.ok) return { ...result, place };
    place?.leave();
    return result;
  } catch (error) {
    place?.leave();
    throw error;
  }
}

/**
 * Does work that takes a target by itself, once the leases for it are held, and gives them back.
 *
 * @param request `null`: there is no provider of leases
 * @throws {target.locked} when the holder is still there after the lock wait
 * @throws {run.cancelled} when asked to stop meanwhile
 * @throws {target.unreachable} {lock.unreachable} and whatever else a try throws
 */
export async function whileLeased<Taken extends { readonly ok: true }>(
  { target, request }: { readonly target: Target; readonly request: LeaseRequest | null },
  attempt: () => Promise<Taken | Refused>,
  waiting: Waiting,
): Promise<Taken> {
  await using leases = new TargetLeases(request);
  return await waitForTarget(target, () => tryBoth(leases, attempt), waiting);
}

/** Whoever has the leases keeps them while it waits for the rest. */
async function tryBoth<Taken>(
  leases: TargetLeases,
  attempt: () => Promise<Taken | Refused>,
): Promise<Taken | Refused> {
  const holder = await leases.tryAll();
  return holder === null ? attempt() : { ok: false, holder };
}

/**
 * Repeats tries to take a target while another holds it, by polling: a blocked lock call would hold a snapshot and
 * deadlock with CREATE INDEX CONCURRENTLY (FAULTS F3).
 */
async function waitForTarget<Taken extends { readonly ok: true }>(
  target: Target,
  attempt: () => Promise<Taken | Refused>,
  { clock, options, random, emit }: Waiting,
): Promise<Taken> {
  const deadline = clock.monotonicMs() + options.lockWaitMs;
  let told: string | null = null;
  for (;;) {
    if (options.stop.aborted) throw notBegunError(target, options.stop);
    const result = await attempt();
    if (result.ok) return result;
    if (clock.monotonicMs() >= deadline) throw lockedError(target, result.holder, options.lockWaitMs);
    const holder = describeHolder(result.holder);
    if (holder !== told) emit({ type: 'target.waiting', target, holder: result.holder });
    told = holder;
    await clock.sleep(POLL_MS + random() * POLL_MS, options.stop);
  }
}

function lockedError({ connection, schema }: Target, holder: TargetHolder, waitedMs: number): BfmError {
  const { name, since, token, leaseEndsInMs } = holder;
  const lease = leaseEndsInMs === undefined ? {} : { lease_ends_in_ms: Math.ceil(leaseEndsInMs) };
  return new BfmError('target.locked', {
    message: `${connection}/${schema} is held by ${describeHolder(holder)}; waited ${waitedMs / 1000} s, changed nothing meanwhile`,
    details: { where: { connection, schema }, holder: name, since, token, ...lease },
    next:
      leaseEndsInMs === undefined
        ? 'wait for that run to end and try again, or wait longer with --lock-wait; bfm lock list shows what it is doing'
        : 'wait for that run to end, or for its lease to end if it is dead, and try again; bfm lock list shows what it is doing',
  });
}
