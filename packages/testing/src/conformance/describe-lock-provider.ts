import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { isBfmError } from '@bfm/core';
import type { Clock, HeldLease, Lease, LeaseHolder, LockProvider } from '@bfm/engine';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../until.ts';

/** What a provider under test brings along. */
export interface LockHarness extends AsyncDisposable {
  /** Opens it, as another process would. */
  readonly open: (ttlMs: number, clock: Clock) => Promise<LockProvider>;
  /** Deletes all leases behind everybody's back. */
  readonly lose: () => Promise<void>;
  /** Puts something at the place of a lease that has no end of its own; `null` where there can be no such thing. */
  readonly stone: ((key: string) => Promise<void>) | null;
  /** Ends the server, or nobody reaches it. */
  readonly away: () => Promise<void>;
  /** The server is there again; it may have forgotten everything. */
  readonly back: () => Promise<void>;
  /** What must be in no message. */
  readonly secret: string;
}

/** The time as it is. */
export const REAL_CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};

/** A clock on which nothing that waits ever goes on: a process that is frozen. */
const STOPPED_CLOCK: Clock = {
  monotonicMs: () => 0,
  sleep: (_, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    }),
};

const SHORT_MS = 1_000;
const LONG_MS = 60_000;

/** What every provider of leases must do, tried on a real one. */
export function describeLockProvider(name: string, make: () => Promise<LockHarness>): void {
  describe(`${name} hands out leases`, () => {
    let harness: LockHarness;
    const opened: LockProvider[] = [];

    beforeAll(async () => {
      harness = await make();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((provider) => provider.close()));
      await harness.lose();
    });
    afterAll(async () => {
      await harness[Symbol.asyncDispose]();
    });

    async function open(ttlMs: number, clock: Clock = REAL_CLOCK): Promise<LockProvider> {
      const provider = await harness.open(ttlMs, clock);
      opened.push(provider);
      return provider;
    }

    it('to one holder at a time, and tells the others who it is', async () => {
      const [one, two] = [await open(LONG_MS), await open(LONG_MS)];
      const lease = await acquire(one, 'k', holder('ann@höst', 7));
      const refused = await two.tryAcquire('k', holder('bob'));
      expect(refused).toMatchObject({
        ok: false,
        held: { key: 'k', token: lease.token, holder: holder('ann@höst', 7) },
      });
      const [held] = await two.list();
      expect(held?.since).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
      expect(held?.endsInMs).toBeGreaterThan(LONG_MS / 2);
      expect(held?.endsInMs).toBeLessThanOrEqual(LONG_MS);
      await lease[Symbol.asyncDispose]();
      expect(await two.list()).toEqual([]);
      await (await acquire(two, 'k', holder('bob')))[Symbol.asyncDispose]();
    });

    it('of other keys to others, and lists them in order', async () => {
      const provider = await open(LONG_MS);
      const keys = ['b/2', 'a/ä "x" *?[', 'b/1'];
      for (const key of keys) await acquire(provider, key, holder('ann'));
      expect((await provider.list()).map(({ key }) => key)).toEqual([...keys].sort());
    });

    it('never to two of many that want it, with a higher token each time', { timeout: 60_000 }, async () => {
      const tokens: bigint[] = [];
      let holders = 0;
      const contend = async (number: number): Promise<void> => {
        const provider = await open(LONG_MS);
        for (let round = 0; round < 3; round += 1) {
          const lease = await until(() => tryAcquire(provider, 'wanted', holder(`c${number}`)), {
            what: 'its turn',
            timeoutMs: 50_000,
            everyMs: 5,
          });
          holders += 1;
          expect(holders).toBe(1);
          tokens.push(BigInt(lease.token));
          await new Promise((resolve) => setImmediate(resolve));
          holders -= 1;
          await lease[Symbol.asyncDispose]();
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, number) => contend(number)));
      expect(tokens).toHaveLength(48);
      expect(tokens.every((token, index) => index === 0 || token > (tokens[index - 1] ?? 0n))).toBe(true);
    });

    it('that end when their holder renews them no more', { timeout: 30_000 }, async () => {
      const frozen = await open(SHORT_MS, STOPPED_CLOCK);
      const old = await acquire(frozen, 'k', holder('frozen'));
      const other = await open(LONG_MS);
      const lease = await until(() => tryAcquire(other, 'k', holder('other')), {
        what: 'the end of the lease',
        timeoutMs: 20_000,
      });
      expect(BigInt(lease.token)).toBeGreaterThan(BigInt(old.token));
      // Whatever the late one does now is nothing to the new holder.
      await old[Symbol.asyncDispose]();
      expect(await other.list()).toMatchObject([{ token: lease.token }]);
    });

    it('that are kept for as long as they are wanted', { timeout: 60_000 }, async () => {
      const provider = await open(SHORT_MS);
      const lease = await acquire(provider, 'k', holder('ann'));
      const started = performance.now();
      await until(
        async () => {
          expect(await provider.list()).toMatchObject([{ token: lease.token }]);
          return performance.now() - started > 4 * SHORT_MS;
        },
        { what: 'four times its time', timeoutMs: 50_000 },
      );
      expect(lease.lost.aborted).toBe(false);
    });

    it('and tells a holder that its lease is gone', { timeout: 30_000 }, async () => {
      const provider = await open(SHORT_MS);
      const lease = await acquire(provider, 'k', holder('ann'));
      await harness.lose();
      await lostness(lease);
      const next = await acquire(provider, 'k', holder('bob'));
      await lease[Symbol.asyncDispose]();
      expect(await provider.list()).toMatchObject([{ token: next.token, holder: holder('bob') }]);
    });

    it('which a person can end, if it is still the same', { timeout: 30_000 }, async () => {
      const provider = await open(SHORT_MS);
      const first = await acquire(provider, 'k', holder('ann'));
      const ended = await provider.release(first.token);
      expect(ended).toMatchObject({
        key: 'k',
        token: first.token,
        holder: holder('ann'),
      } satisfies Partial<HeldLease>);
      await lostness(first);
      const second = await acquire(provider, 'k', holder('bob'));
      for (const token of [first.token, '', '0', '-1', 'x', "1'", '1 OR true', '9'.repeat(40)]) {
        expect(await provider.release(token)).toBeNull();
      }
      expect(await provider.list()).toMatchObject([{ token: second.token }]);
    });

    it('even where something stands that has no end: it gets one', { timeout: 30_000 }, async () => {
      if (harness.stone === null) return;
      await harness.stone('k');
      const provider = await open(SHORT_MS);
      await until(() => tryAcquire(provider, 'k', holder('ann')), { what: 'its end', timeoutMs: 20_000 });
    });

    it(
      'and says so when it cannot be reached; what is held is lost in time',
      { timeout: 90_000 },
      async () => {
        const provider = await open(SHORT_MS * 2);
        const lease = await acquire(provider, 'k', holder('ann'));
        await harness.away();
        try {
          await lostness(lease);
          const error: unknown = await provider
            .tryAcquire('k', holder('ann'))
            .catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: 'lock.unreachable' });
          expect(inspect(error, { depth: null, showHidden: true })).not.toContain(harness.secret);
          await expect(open(SHORT_MS)).rejects.toMatchObject({ code: 'lock.unreachable' });
        } finally {
          await harness.back();
        }
        const again = await until(() => tryAcquire(provider, 'k', holder('ann')).catch(() => null), {
          what: 'the provider',
          timeoutMs: 40_000,
        });
        expect(BigInt(again.token)).toBeGreaterThan(BigInt(lease.token));
        await again[Symbol.asyncDispose]();
      },
    );
  });
}

function holder(actor: string, pid = 1): LeaseHolder {
  return { actor, pid, runId: 'run "1"', connection: 'core', schema: 'tenant ü' };
}

async function tryAcquire(provider: LockProvider, key: string, by: LeaseHolder): Promise<Lease | null> {
  const attempt = await provider.tryAcquire(key, by);
  return attempt.ok ? attempt.lease : null;
}

async function acquire(provider: LockProvider, key: string, by: LeaseHolder): Promise<Lease> {
  const lease = await tryAcquire(provider, key, by);
  if (lease === null) throw new Error(`${key} is held`);
  return lease;
}

async function lostness(lease: Lease): Promise<void> {
  await until(() => lease.lost.aborted, { what: 'the loss', timeoutMs: 20_000 });
  expect(isBfmError(lease.lost.reason) && lease.lost.reason.code).toBe('lock.lost');
}
