import { inspect } from 'node:util';
import { startEtcd, until, type Etcd } from '@bfm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, etcdLeaseOf, HOLDER, locksOn, refusal, take } from './support/etcd-cluster.ts';

describe('locks on an etcd of three members', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd({ members: 3 });
  }, 120_000);
  afterAll(() => etcd[Symbol.asyncDispose]());

  it(
    'E1 the leader is killed: what is held stays held, and new leases are had',
    { timeout: 90_000 },
    async () => {
      const locks = await locksOn(etcd);
      await using held = await take(locks, 'e1/held');
      const leads = await Promise.all(etcd.members.map((member) => member.isLeader()));
      const leader = etcd.members[leads.indexOf(true)];
      // Takers are at it while it dies: each has a lease, knows who has, or is told that nobody knows.
      let isOver = false;
      const outcomes: ('taken' | 'unknown')[] = [];
      const tokens: bigint[] = [];
      const taker = async (): Promise<void> => {
        while (!isOver) {
          try {
            const lease = await take(locks, 'e1/churn');
            outcomes.push('taken');
            tokens.push(BigInt(lease.token));
            await lease[Symbol.asyncDispose]();
          } catch (error) {
            if (!inspect(error).includes('is held by')) {
              expect(error).toMatchObject({ code: 'lock.unreachable' });
              outcomes.push('unknown');
            }
          }
        }
      };
      const taking = Promise.all([taker(), taker()]);
      await until(() => outcomes.length > 3, { what: 'the first leases' });
      await leader?.kill();
      const before = outcomes.length;
      await until(() => outcomes.slice(before).filter((outcome) => outcome === 'taken').length > 3, {
        what: 'leases under the new leader',
        timeoutMs: 40_000,
      });
      isOver = true;
      await taking;
      expect(held.lost.aborted).toBe(false);
      expect(tokens).toEqual([...new Set(tokens)]);
      await leader?.start();
      // One that was given without an answer ends by itself.
      await until(async () => (await locks.list()).length === 1, {
        what: 'the rest to end',
        timeoutMs: 20_000,
      });
      expect(await locks.list()).toMatchObject([{ key: 'e1/held', token: held.token }]);
      await locks.close();
    },
  );

  it('E2 compaction of all revisions changes nothing', async () => {
    const locks = await locksOn(etcd, { ttlMs: 2_000 });
    await using held = await take(locks, 'e2');
    const { header } = (await etcd.call('kv/put', { key: base64('x'), value: base64('y') })) as {
      header: { revision: string };
    };
    await etcd.call('kv/compaction', { revision: header.revision, physical: true });
    const endMs = performance.now() + 3_000;
    await until(
      async () => {
        expect(await locks.list()).toMatchObject([{ key: 'e2', token: held.token }]);
        return performance.now() > endMs;
      },
      { what: 'more than its time', everyMs: 200 },
    );
    expect(held.lost.aborted).toBe(false);
    await locks.close();
  });

  it('E3 the lease ends during work: lost with the next renewal, and the next holder has it alone', async () => {
    const locks = await locksOn(etcd, { ttlMs: 3_000 });
    const held = await take(locks, 'e3');
    await etcd.call('lease/revoke', { ID: await etcdLeaseOf(etcd, 'e3') });
    const startMs = performance.now();
    await using next = await take(locks, 'e3');
    // Its key is somebody else's now, and its keepalive is answered without a time to live.
    await until(() => held.lost.aborted, { what: 'the loss' });
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(held.lost.reason).toMatchObject({ code: 'lock.lost' });
    await held[Symbol.asyncDispose]();
    expect(await locks.list()).toMatchObject([{ key: 'e3', token: next.token }]);
    expect(next.lost.aborted).toBe(false);
    await locks.close();
  });

  it(
    'E5 two of three are gone: no lease is given, what is held is lost, all returns with them',
    { timeout: 90_000 },
    async () => {
      const locks = await locksOn(etcd, { ttlMs: 3_000 });
      const held = await take(locks, 'e5');
      const [, second, third] = etcd.members;
      await Promise.all([second?.kill(), third?.kill()]);
      const startMs = performance.now();
      expect(await refusal(locks.tryAcquire('e5/other', HOLDER))).toMatchObject({ code: 'lock.unreachable' });
      await until(() => held.lost.aborted, { what: 'the loss' });
      expect(performance.now() - startMs).toBeLessThan(15_000);
      expect(held.lost.reason).toMatchObject({ code: 'lock.lost' });
      await Promise.all([second?.start(), third?.start()]);
      const next = await until(() => take(locks, 'e5').catch(() => null), {
        what: 'a lease',
        timeoutMs: 30_000,
      });
      expect(BigInt(next.token)).toBeGreaterThan(BigInt(held.token));
      await next[Symbol.asyncDispose]();
      await locks.close();
    },
  );
});

describe('locks on an etcd that wants a login', () => {
  it('E4 tokens end, passwords change, auth is switched off and on', { timeout: 90_000 }, async () => {
    await using etcd = await startEtcd({ settings: ['--auth-token-ttl', '1'] });
    const canary = 'c4n4ry-etcd';
    await etcd.call('auth/user/add', { name: 'root', password: canary });
    await etcd.call('auth/user/grant', { user: 'root', role: 'root' });
    const asRoot = async (path: string, body: object, password = canary): Promise<unknown> => {
      const { token } = (await etcd.call('auth/authenticate', { name: 'root', password })) as {
        token: string;
      };
      return etcd.call(path, body, token);
    };
    const open = (password: string) =>
      locksOn(etcd, { ttlMs: 3_000, credentials: { username: 'root', password } });

    // Off at first: nobody needs to log in. On: the next call does so by itself.
    const locks = await open(canary);
    await using held = await take(locks, 'e4');
    await etcd.call('auth/enable', {});
    await (await take(locks, 'e4/on'))[Symbol.asyncDispose]();

    // The token ends within a second, and what is in the store of users changes: renewals log in anew.
    await asRoot('auth/role/add', { name: 'somebody' });
    const endMs = performance.now() + 4_000;
    await until(
      async () => {
        expect((await locks.list()).map(({ key }) => key)).toContain('e4');
        return performance.now() > endMs;
      },
      { what: 'the end of the token', everyMs: 1_200 },
    );
    expect(held.lost.aborted).toBe(false);

    const wrong = await refusal(open('not-it-c4n4ry'));
    expect(wrong).toMatchObject({
      code: 'lock.unreachable',
      message: expect.stringContaining('authentication failed') as string,
    });
    expect((wrong as { next: string }).next).toContain('the user and the password of BFM_LOCK_URL');

    // The password is another one: clear, soon, without it, and what is held is lost.
    await asRoot('auth/user/changepw', { name: 'root', password: 'another-c4n4ry' });
    const changed = await until(() => refusal(locks.list()), { what: 'the refusal' });
    expect(changed).toMatchObject({
      code: 'lock.unreachable',
      message: expect.stringContaining('authentication failed') as string,
    });
    for (const error of [wrong, changed]) expect(inspect(error, { depth: null })).not.toContain('c4n4ry');
    await until(() => held.lost.aborted, { what: 'the loss' });

    await asRoot('auth/disable', {}, 'another-c4n4ry');
    const next = await until(() => take(locks, 'e4').catch(() => null), {
      what: 'a lease',
      timeoutMs: 20_000,
    });
    await next[Symbol.asyncDispose]();
    await locks.close();
  });

  it(
    'E5 the alarm NOSPACE: no lease is given, and it is named with its mend',
    { timeout: 60_000 },
    async () => {
      await using etcd = await startEtcd({ settings: ['--quota-backend-bytes', String(256 * 1024)] });
      const locks = await locksOn(etcd);
      const value = base64('x'.repeat(64 * 1024));
      await until(
        () =>
          etcd.call('kv/put', { key: base64('filler'), value }).then(
            () => null,
            (error: unknown) => String(error).includes('space exceeded'),
          ),
        { what: 'the alarm', everyMs: 0 },
      );
      const error = await refusal(locks.tryAcquire('e5', HOLDER));
      expect(error).toMatchObject({
        code: 'lock.unreachable',
        message: expect.stringContaining('NOSPACE') as string,
        next: expect.stringContaining('etcdctl alarm disarm') as string,
      });
      await locks.close();
    },
  );
});
