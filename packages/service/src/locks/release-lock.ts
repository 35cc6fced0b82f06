import { BfmError } from '@bfm/core';
import type { ServiceContext } from '../service-context.ts';
import { listLocks, type HeldLock } from './list-locks.ts';

/**
 * Finds what is held under an id.
 *
 * @throws {lock.not_found} when it is not held any more, or was never
 * @throws {lock.unreachable} {target.unreachable} when somebody could not be asked who may know
 */
export async function findLock(id: string, context: ServiceContext): Promise<HeldLock> {
  const { locks, unreachable } = await listLocks(context);
  const found = locks.find((lock) => lock.id === id);
  if (found !== undefined) return found;
  const [first] = unreachable;
  throw first ?? notFound(id);
}

/**
 * Ends what is held under an id: its lease, and the session with its fence; a holder that came since is left alone.
 *
 * @returns whether anything of it was still held
 * @throws {lock.unreachable} {target.unreachable} {target.locked} {target.denied}
 */
export async function releaseLock(lock: HeldLock, reason: string, context: ServiceContext): Promise<void> {
  const { actor } = context;
  const provider = lock.lease === null ? null : await context.openLocks();
  const lease = await provider?.release(lock.lease?.token ?? '');
  const { session, store } = lock;
  const change = { runId: context.newRunId(), actor, reason };
  const hasEnded = session !== null && (await store?.keeper.release(session, change)) === true;
  if (!hasEnded && (lease ?? null) === null) throw notFound(lock.id);
}

function notFound(id: string): BfmError {
  return new BfmError('lock.not_found', {
    message: `nothing is held under ${JSON.stringify(id)}: it was given back, or somebody else holds the target now; nothing was changed`,
    details: { id },
    next: 'bfm lock list shows what is held',
  });
}
