import { BfmError, isBfmError, quoteWord } from '@bfm/core';
import type { ServiceContext } from '../service-context.ts';
import { isUnreachable, listLocks, type HeldLock } from './list-locks.ts';

/** What is held under an id, as far as it could be found out. */
export interface FoundLock {
  readonly lock: HeldLock;
  /** Who could not be asked, and may hold another part of it. */
  readonly unreachable: readonly BfmError[];
}

/**
 * Finds what is held under an id. Where the provider of leases or a database cannot be reached, the part of it that the
 * other one knows is found: each part has a token of its own, so that no later hold is mistaken for it.
 *
 * @throws {lock.not_found} when it is not held any more, or was never
 * @throws {lock.unreachable} {target.unreachable} when somebody could not be asked who may know
 */
export async function findLock(id: string, context: ServiceContext): Promise<FoundLock> {
  const { locks, unreachable } = await listLocks(context);
  const same = locks.find((lock) => lock.id === id);
  if (same !== undefined) return { lock: same, unreachable: unreachable.filter((e) => mayKnow(e, same)) };
  const [first] = unreachable;
  if (first === undefined) throw notFound(id, locks);
  const part = locks.find((lock) => isPartOf(lock, id) && unreachable.some((e) => mayKnow(e, lock)));
  if (part === undefined) throw first;
  return { lock: part, unreachable: unreachable.filter((e) => mayKnow(e, part)) };
}

/**
 * Ends what was found: its lease, and the session with its fence; a holder that came since is left alone. What cannot be
 * reached keeps neither from being ended.
 *
 * @returns why a part of it could not be ended, if another one was
 * @throws {lock.not_found} {lock.unreachable} {target.unreachable} {target.locked} {target.denied}
 */
export async function releaseLock(
  { lock, unreachable }: FoundLock,
  reason: string,
  context: ServiceContext,
): Promise<readonly BfmError[]> {
  const left: BfmError[] = [...unreachable];
  const orLeft = async (work: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await work();
    } catch (error) {
      if (!isBfmError(error) || !isUnreachable(error)) throw error;
      left.push(error);
      return false;
    }
  };
  const { session, lease, store } = lock;
  const change = { runId: context.newRunId(), actor: context.actor, reason };
  const hadLease = await orLeft(async () => {
    const provider = lease === null ? null : await context.openLocks();
    return ((await provider?.release(lease?.token ?? '')) ?? null) !== null;
  });
  const hadSession = await orLeft(
    async () => session !== null && (await store?.keeper.release(session, change)) === true,
  );
  if (!hadLease && !hadSession) throw left[0] ?? notFound(lock.id, []);
  return left;
}

/** Whether who could not be asked may hold the part that a lock lacks. */
function mayKnow({ code }: BfmError, { session, lease, store }: HeldLock): boolean {
  return code === 'lock.unreachable' ? lease === null : session === null && store === null;
}

/** Whether an id of a session and a lease names this one of the two. */
function isPartOf({ id, session, lease }: HeldLock, asked: string): boolean {
  if (lease === null) return asked.startsWith(`${id}+`);
  return session === null && placeOf(asked) === placeOf(id) && asked.endsWith(`+${lease.token}`);
}

function placeOf(id: string): string {
  return id.slice(0, id.lastIndexOf('@'));
}

function notFound(id: string, locks: readonly HeldLock[]): BfmError {
  const whole = locks.filter((lock) => lock.id.startsWith(`${id}+`));
  const [only] = whole;
  if (only !== undefined && whole.length === 1) {
    return new BfmError('lock.not_found', {
      message: `${JSON.stringify(id)} is only a part of the id; did you mean ${only.id}? Nothing was changed`,
      details: { id },
      next: `bfm lock release ${quoteWord(only.id)} --reason WHY`,
    });
  }
  return new BfmError('lock.not_found', {
    message: `nothing is held under ${JSON.stringify(id)}: it was given back, or somebody else holds the target now; nothing was changed`,
    details: { id },
    next: 'bfm lock list shows what is held',
  });
}
