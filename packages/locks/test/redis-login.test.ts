import { inspect } from 'node:util';
import { startRedis } from '@bfm/testing';
import { expect, it } from 'vitest';
import { openRedisLocks } from '../src/index.ts';

it('a login that Redis refuses is told without the password, also in causes', async () => {
  await using redis = await startRedis({ password: 'right' });
  const clock = { monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };
  const refused: unknown = await openRedisLocks({
    ...{ host: '127.0.0.1', port: redis.port, db: 0, username: '', password: 'c4n4ry', tls: null },
    ...{ prefix: 'bfm', ttlMs: 3_000, clock },
  }).then(
    (locks) => locks.tryAcquire('k', { actor: 'a', pid: 1, runId: 'r', connection: 'core', schema: 's' }),
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 'lock.unreachable' });
  expect(inspect(refused, { depth: null, showHidden: true })).not.toContain('c4n4ry');
});
