import { describeLockProvider, startRedis } from '@bfm/testing';
import { Redis } from 'ioredis';
import { openRedisLocks } from '../src/index.ts';

describeLockProvider('Redis', async () => {
  const secret = 'canary-redis';
  const redis = await startRedis({ password: secret });
  const where = { host: '127.0.0.1', port: redis.port, db: 0, username: '', password: secret };
  return {
    secret,
    open: (ttlMs, clock) => openRedisLocks({ ...where, tls: null, prefix: 'bfm', ttlMs, clock }),
    lose: async () => {
      const client = new Redis({ ...where, username: 'default' });
      const keys = await client.keys('bfm:lease:*');
      if (keys.length > 0) await client.del(keys);
      client.disconnect();
    },
    stone: async (key) => {
      const client = new Redis({ ...where, username: 'default' });
      await client.set(`bfm:lease:${key}`, 'a stone');
      client.disconnect();
    },
    away: () => redis.kill(),
    back: () => redis.start(),
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
});
