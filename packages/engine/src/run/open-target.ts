import { BfmError, type Target } from '@bfm/core';
import type { TargetSession } from '../ports/target-session.ts';
import type { OpenOptions, OpenResult, TargetStore } from '../ports/target-store.ts';
import type { RunContext, RunOptions } from './run-options.ts';

const POLL_MS = 100;

/** How long, and by which clock, to wait for a target. */
export interface Waiting extends Pick<RunContext, 'clock' | 'random' | 'emit'> {
  readonly options: Pick<RunOptions, 'lockWaitMs' | 'stop'>;
}

/** Takes a target for a run. @throws as {@link waitForTarget} does */
export async function openTarget(
  {
    target,
    store,
    mayShare,
  }: Pick<Required<OpenOptions>, 'target' | 'mayShare'> & { readonly store: TargetStore },
  context: RunContext,
): Promise<TargetSession> {
  const { runId, actor, cancel } = context.options;
  const attempt = (): Promise<OpenResult> =>
    store.tryOpen({ target, runId, actor, signal: cancel, mayShare });
  return (await waitForTarget(target, attempt, context)).session;
}

/**
 * Repeats tries to take a target while another holds it, by polling: a blocked lock call would hold a snapshot and
 * deadlock with CREATE INDEX CONCURRENTLY (FAULTS F3).
 *
 * @throws {target.locked} when the holder is still there after the lock wait
 * @throws {run.cancelled} when asked to stop meanwhile
 * @throws {target.unreachable} and whatever else a try throws
 */
export async function waitForTarget<Taken extends { readonly ok: true }>(
  target: Target,
  attempt: () => Promise<Taken | { readonly ok: false; readonly holder: string }>,
  { clock, options, random, emit }: Waiting,
): Promise<Taken> {
  const deadline = clock.monotonicMs() + options.lockWaitMs;
  let told = false;
  for (;;) {
    if (options.stop.aborted) throw cancelledError(target);
    const result = await attempt();
    if (result.ok) return result;
    if (clock.monotonicMs() >= deadline) throw lockedError(target, result.holder, options.lockWaitMs);
    if (!told) emit({ type: 'target.waiting', target, holder: result.holder });
    told = true;
    await clock.sleep(POLL_MS + random() * POLL_MS, options.stop);
  }
}

function lockedError({ connection, schema }: Target, holder: string, waitedMs: number): BfmError {
  return new BfmError('target.locked', {
    message: `${connection}/${schema} is held by ${holder}; waited ${waitedMs / 1000} s, changed nothing`,
    details: { where: { connection, schema }, holder },
    next: 'wait for that run to end and try again, or wait longer with --lock-wait',
  });
}

/** The error of a step or target that was not begun because the run was asked to stop. */
export function cancelledError({ connection, schema }: Pick<Target, 'connection' | 'schema'>): BfmError {
  return new BfmError('run.cancelled', {
    message: `not started in ${connection}/${schema}: the run was stopped`,
    details: { where: { connection, schema } },
    next: 'run the same command again to go on',
  });
}
