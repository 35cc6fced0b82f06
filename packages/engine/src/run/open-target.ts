import { BfmError, type Target } from '@bfm/core';
import type { TargetSession } from '../ports/target-session.ts';
import type { TargetStore } from '../ports/target-store.ts';
import type { RunContext } from './run-options.ts';

const POLL_MS = 100;

/**
 * Takes a target, waiting for another holder by polling: a blocked lock call would hold a snapshot and deadlock with
 * CREATE INDEX CONCURRENTLY (FAULTS F3).
 *
 * @throws {target.locked} when the holder is still there after the run's lock wait
 * @throws {run.cancelled} when the run is stopped meanwhile
 * @throws {target.unreachable}
 */
export async function openTarget(
  target: Target,
  store: TargetStore,
  context: RunContext,
): Promise<TargetSession> {
  const { clock, options, random, emit } = context;
  const deadline = clock.monotonicMs() + options.lockWaitMs;
  let told = false;
  for (;;) {
    if (options.stop.aborted) throw cancelledError(target);
    const { runId, actor, cancel } = options;
    const result = await store.tryOpen({ target, runId, actor, signal: cancel });
    if (result.ok) return result.session;
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
