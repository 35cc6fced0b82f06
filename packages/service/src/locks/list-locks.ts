import { isBfmError, type BfmError } from '@bfm/core';
import { leaseKey, type HeldLease, type SessionHold } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { keptStores, type KeptStore } from '../targets/keepers.ts';

/** A target that somebody holds: by a session in it, by a lease, or by both. */
export interface HeldLock {
  /** What it is released by; no later hold of the same target has the same. */
  readonly id: string;
  readonly connection: string;
  readonly schema: string;
  readonly session: SessionHold | null;
  readonly lease: HeldLease | null;
  /** Where the target is; `null` for a lease of a store that is not configured here. */
  readonly store: KeptStore | null;
}

/** What is held now, and who could not be asked. */
export interface LockList {
  readonly locks: readonly HeldLock[];
  readonly unreachable: readonly BfmError[];
}

/** Lists what sessions hold in every configured database, and what leases there are. */
export async function listLocks(context: ServiceContext): Promise<LockList> {
  const unreachable: BfmError[] = [];
  const orElse = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isBfmError(error) || !isUnreachable(error)) throw error;
      unreachable.push(error);
      return otherwise;
    }
  };
  const provider = await orElse(() => context.openLocks(), null);
  const leases = provider === null ? [] : await orElse(() => provider.list(), []);
  const left = new Map(leases.map((lease) => [lease.key, lease]));
  const locks: HeldLock[] = [];
  for (const store of keptStores(context)) {
    await orElse(async () => {
      const identity = await store.keeper.identity();
      for (const session of await store.keeper.holds()) {
        const key = leaseKey(identity, session.schema);
        locks.push(toLock(session, left.get(key) ?? null, store));
        left.delete(key);
      }
      for (const lease of left.values()) {
        if (lease.key !== leaseKey(identity, lease.holder.schema as SessionHold['schema'])) continue;
        locks.push(toLock(null, lease, store));
        left.delete(lease.key);
      }
    }, undefined);
  }
  for (const lease of left.values()) locks.push(toLock(null, lease, null));
  return { locks, unreachable };
}

/** Whether an error says that a database or the provider of leases could not be asked. */
export function isUnreachable({ code }: BfmError): boolean {
  return code === 'target.unreachable' || code === 'lock.unreachable';
}

function toLock(session: SessionHold | null, lease: HeldLease | null, store: KeptStore | null): HeldLock {
  const { connection = '', schema = '' } = session ?? lease?.holder ?? {};
  const tokens = `${session?.holder.token ?? ''}${lease === null ? '' : `+${lease.token}`}`;
  return { id: `${connection}/${schema}@${tokens}`, connection, schema, session, lease, store };
}
