import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { startEtcd } from './start-etcd.ts';
import { startRedis } from './start-redis.ts';

describe('servers of Debian packages', () => {
  it('Redis dies and comes back at its address', async () => {
    await using redis = await startRedis({ password: 'secret' });
    const first = redis.pid;
    expect(redis.url).toBe(`redis://:secret@127.0.0.1:${redis.port}/0`);
    await redis.kill();
    expect(() => process.kill(first, 0)).toThrow('ESRCH');
    await redis.start();
    expect(redis.pid).not.toBe(first);
  });

  it('etcd of three members chooses another leader', { timeout: 90_000 }, async () => {
    await using etcd = await startEtcd({ members: 3 });
    const leads = await Promise.all(etcd.members.map((member) => member.isLeader()));
    expect(leads.filter(Boolean)).toHaveLength(1);
    const leader = etcd.members[leads.indexOf(true)];
    await leader?.kill();
    const others = etcd.members.filter((member) => member !== leader);
    const put = { key: btoa('a'), value: btoa('b') };
    await until(() => etcd.call('kv/put', put).catch(() => null), { what: 'a write', timeoutMs: 20_000 });
    expect((await Promise.all(others.map((member) => member.isLeader()))).filter(Boolean)).toHaveLength(1);
    await leader?.start();
    expect(await etcd.call('kv/range', { key: put.key })).toMatchObject({ count: '1' });
  });

  it('end with whoever started them, even by SIGKILL', async () => {
    const script = `import { startRedis } from ${JSON.stringify(new URL('start-redis.ts', import.meta.url).href)};
console.log((await startRedis()).pid);
setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(String(said));
    expect(process.kill(pid, 0)).toBe(true);
    owner.kill('SIGKILL');
    await until(() => !isThere(pid), { what: 'the end of the server' });
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
