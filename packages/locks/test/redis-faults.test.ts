import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Clock, LockProvider } from '@bfm/engine';
import { freeze, startRedis, TcpFaultProxy, until } from '@bfm/testing';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { openRedisLocks } from '../src/index.ts';

const CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  },
};
const HOLDER = { actor: 'a', pid: 1, runId: 'r', connection: 'core', schema: 's' };

function open(port: number, password: string, { db = 0, ttlMs = 1_500 } = {}): Promise<LockProvider> {
  const where = { host: '127.0.0.1', port, db, username: '', password, tls: null, prefix: 'bfm' };
  return openRedisLocks({ ...where, ttlMs, clock: CLOCK });
}

it('a login that Redis refuses is told without the password, also in causes', async () => {
  await using redis = await startRedis({ password: 'right' });
  const refused: unknown = await open(redis.port, 'c4n4ry').then(
    (locks) => locks.tryAcquire('k', HOLDER),
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 'lock.unreachable' });
  expect(inspect(refused, { depth: null, showHidden: true })).not.toContain('c4n4ry');
});

it('a database that Redis does not have is refused, and not taken for the first one', async () => {
  await using redis = await startRedis();
  const refused: unknown = await open(redis.port, '', { db: 99 }).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'lock.unreachable',
    message: expect.stringContaining('no database of that number') as string,
  });
});

it('a Redis that hangs: tries end, what is held is lost in time, and all goes on after it', async () => {
  await using redis = await startRedis();
  const locks = await open(redis.port, '');
  const held = await locks.tryAcquire('k', HOLDER);
  if (!held.ok) throw new Error('nobody can have it');
  using frozen = await freeze(redis.pid);
  const startMs = performance.now();
  await expect(locks.tryAcquire('other', HOLDER)).rejects.toMatchObject({ code: 'lock.unreachable' });
  expect(performance.now() - startMs).toBeLessThan(5_000);
  await until(() => held.lease.lost.aborted, { what: 'the loss' });
  expect(performance.now() - startMs).toBeLessThan(6_000);
  frozen.thaw();
  const next = await until(
    async () => {
      const attempt = await locks.tryAcquire('k', HOLDER).catch(() => null);
      return attempt?.ok === true ? attempt.lease : null;
    },
    { what: 'a lease' },
  );
  expect(BigInt(next.token)).toBeGreaterThan(BigInt(held.lease.token));
  // What the late holder gives back is not the next one's.
  await held.lease[Symbol.asyncDispose]();
  expect(await locks.list()).toMatchObject([{ key: 'k', token: next.token }]);
  await next[Symbol.asyncDispose]();
  await locks.close();
});

it('a connection that hangs is replaced in time, and the lease is kept', async () => {
  await using redis = await startRedis();
  await using proxy = await TcpFaultProxy.before(redis.url, 'raw');
  const locks = await open(proxy.port, '', { ttlMs: 3_000 });
  const held = await locks.tryAcquire('k', HOLDER);
  if (!held.ok) throw new Error('nobody can have it');
  const hung = proxy.arm({ on: 'bytes', direction: 'to-server', count: 1 }, 'blackhole');
  await until(() => hung.hasHappened, { what: 'the fault' });
  const endMs = performance.now() + 4_000;
  await until(() => held.lease.lost.aborted || performance.now() > endMs, { what: 'more than its time' });
  expect(held.lease.lost.aborted).toBe(false);
  expect(await locks.list()).toMatchObject([{ key: 'k', token: held.lease.token }]);
  expect(proxy.counts.connections).toBeGreaterThan(1);
  await held.lease[Symbol.asyncDispose]();
  await locks.close();
});

it('what others wrote among the leases breaks no list and no try', async () => {
  await using redis = await startRedis();
  const locks = await open(redis.port, '');
  const other = new Redis({ host: '127.0.0.1', port: redis.port });
  await other.set('bfm:lease:late', `7 ${'9'.repeat(20)} {}`, 'PX', 60_000);
  await other.hset('bfm:lease:table', 'a', '1');
  expect(await locks.list()).toMatchObject([{ key: 'late', token: '7' }]);
  expect(await locks.tryAcquire('late', HOLDER)).toMatchObject({ ok: false, held: { token: '7' } });
  other.disconnect();
  await locks.close();
});
