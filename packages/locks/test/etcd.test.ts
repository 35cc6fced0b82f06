import { describeLockProvider, startEtcd } from '@bfm/testing';
import { openEtcdLocks } from '../src/index.ts';

describeLockProvider('etcd', async () => {
  const secret = 'canary-etcd';
  const etcd = await startEtcd();
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    secret,
    open: (ttlMs, clock) =>
      openEtcdLocks({
        endpoints: [etcd.url],
        credentials: { username: 'root', password: secret },
        tls: null,
        prefix: 'bfm',
        nowMs: () => Date.now(),
        ttlMs,
        clock,
      }),
    lose: async () => {
      await etcd.call('kv/deleterange', { key: base64('bfm/lease/'), range_end: base64('bfm/lease0') });
    },
    stone: async (key) => {
      await etcd.call('kv/put', { key: base64(`bfm/lease/${key}`), value: base64('a stone') });
    },
    away: async () => {
      await etcd.members[0]?.kill();
    },
    back: async () => {
      await etcd.members[0]?.start();
    },
    [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose](),
  };
});
