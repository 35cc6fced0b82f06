import type { Failpoints } from '@bfm/core';
import type { Lease, LeaseAttempt, LockProvider } from '@bfm/engine';

/** The same provider, with failpoints where a lease was got and given back. */
export function failingLocks(provider: LockProvider, failpoints: Failpoints): LockProvider {
  const { kind, address } = provider;
  return {
    kind,
    address,
    tryAcquire: async (key, holder): Promise<LeaseAttempt> => {
      const attempt = await provider.tryAcquire(key, holder);
      if (!attempt.ok) return attempt;
      await failpoints.reach('lease.acquired');
      return { ok: true, lease: failingLease(attempt.lease, failpoints) };
    },
    list: () => provider.list(),
    release: (token) => provider.release(token),
    close: () => provider.close(),
  };
}

function failingLease(lease: Lease, failpoints: Failpoints): Lease {
  return {
    token: lease.token,
    get lost() {
      return lease.lost;
    },
    [Symbol.asyncDispose]: async () => {
      await lease[Symbol.asyncDispose]();
      await failpoints.reach('lease.released');
    },
  };
}
