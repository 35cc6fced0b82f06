import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Lease, LeaseHolder, LockProvider } from '@bfm/engine';
import { openEtcdLocks, type EtcdLocksOptions } from '@bfm/locks';
import type { Etcd } from '@bfm/testing';

const CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  },
};

/** Whoever takes leases in tests of the provider alone. */
export const HOLDER: LeaseHolder = {
  actor: 'ann@host',
  pid: 7,
  runId: 'r1',
  connection: 'core',
  schema: 'a',
};

/** Leases on all members of a cluster. */
export function locksOn(
  etcd: Etcd,
  options: Partial<Pick<EtcdLocksOptions, 'ttlMs' | 'credentials'>> = {},
): Promise<LockProvider> {
  return openEtcdLocks({
    endpoints: etcd.members.map(({ url }) => url),
    ...{ credentials: null, tls: null, prefix: 'bfm', ttlMs: 6_000, clock: CLOCK, nowMs: () => Date.now() },
    ...options,
  });
}

/** A lease, or an error when somebody else has it. */
export async function take(locks: LockProvider, key: string): Promise<Lease> {
  const attempt = await locks.tryAcquire(key, HOLDER);
  if (!attempt.ok) throw new Error(`${key} is held by ${JSON.stringify(attempt.held)}`);
  return attempt.lease;
}

/** What was thrown. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

/** As the JSON gateway takes keys and values. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** The number of the etcd lease that a key of ours goes with. */
export async function etcdLeaseOf(etcd: Etcd, key: string): Promise<string> {
  const answer = (await etcd.call('kv/range', { key: base64(`bfm/lease/${key}`) })) as {
    kvs?: readonly { lease: string }[];
  };
  return answer.kvs?.[0]?.lease ?? '0';
}
