import { startRedis, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import type { BfmProcess } from '../support/bfm.ts';
import { schemaArgs, stem, useRowWorld } from './support/row-world.ts';
import { stepFiles } from './support/step-files.ts';

interface LockDocument {
  readonly locks: readonly {
    readonly id: string;
    readonly connection: string;
    readonly schema: string;
    readonly kind: string;
    readonly holder: string;
    readonly since: string;
    readonly token: string;
    readonly state: string;
  }[];
}

const WHY = 'the build agent is gone';
const REASON = ['--reason', WHY, '--yes'];

describe.each([15, 18] as const)('W1 ending what somebody holds on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major, { BFM_LOCK_TTL: '10min' });

  it.each([
    [
      'between transactions',
      stepFiles(1),
      { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'target.taken=stop' },
    ],
    ['inside of one', { [`${stem(1)}.up.sql`]: 'SELECT pg_sleep(600)' }, {}],
  ])('W1 bfm lock release lets others in, %s, once, and tells who and why', async (where, files, faults) => {
    const schema = `held_${where.replace(/ /g, '_')}`;
    const tree = world.tree(files);
    const up = ['up', ...schemaArgs([schema]), '--json'];
    const holder = tree.startWith(faults, ...up);
    const lock = await until(async () => (await list(tree.start('lock', 'list', '--json'))).at(0), {
      what: 'the target to be held',
    });
    expect(lock).toMatchObject({ connection: 'tenant', schema, kind: 'session', token: '1' });
    expect(lock.holder).toContain(`pid ${holder.child.pid}, `);
    // Frozen, so that it cannot stand in line again.
    holder.child.kill('SIGSTOP');
    expect(await tree.bfm('lock', 'release', `tenant/${schema}@2`, ...REASON)).toMatchObject({ code: 4 });
    expect(await tree.bfm('lock', 'release', lock.id)).toMatchObject({ code: 2 });
    expect(await tree.bfm('lock', 'release', lock.id, '--reason', 'WHY')).toMatchObject({ code: 2 });
    const unasked = await tree.bfm('lock', 'release', lock.id, '--reason', WHY);
    expect(unasked).toMatchObject({ code: 2 });
    expect(unasked.stderr).toContain('add --yes');
    expect(await tree.bfm('lock', 'release', 'nonsense', ...REASON)).toMatchObject({ code: 2 });
    const released = await tree.bfm('lock', 'release', lock.id, ...REASON, '--json');
    expect(released, released.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(released.stdout)).toMatchObject({ id: lock.id, outcome: 'released' });
    expect(await tree.bfm('lock', 'release', lock.id, ...REASON)).toMatchObject({ code: 4 });
    expect((await tree.bfm('lock', 'list')).stdout).toContain('Nothing is held.');
    const [event] = await world.db.query(
      `SELECT e.reason, e.detail ->> 'action' AS action, e.fence_token::int AS token FROM bfm.event e JOIN bfm.scope s USING (scope_id)
       WHERE s.schema_name = $1 AND e.kind = 'repaired'`,
      [schema],
    );
    expect(event).toEqual({ reason: WHY, action: 'release', token: 2 });
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await world.unsound()).toEqual([]);
  });
});

describe.each([15, 18] as const)('P1 a lock whose provider is away, on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major, { BFM_LOCK_TTL: '10min' });

  it('P1 bfm lock release ends the session all the same, and says what it could not end', async () => {
    await using redis = await startRedis();
    const tree = world.tree({ [`${stem(1)}.up.sql`]: 'SELECT pg_sleep(600)' });
    const locks = { BFM_LOCK_URL: redis.url };
    const holder = tree.startWith(locks, 'up', ...schemaArgs(['leased']), '--json');
    const lock = await until(
      async () =>
        (await list(tree.startWith(locks, 'lock', 'list', '--json'))).find(
          ({ kind }) => kind === 'session and lease',
        ),
      { what: 'the target to be held' },
    );
    expect(lock).toMatchObject({ kind: 'session and lease' });
    expect(lock.id).toMatch(/^tenant\/leased@\d+\+\d+$/);
    const release = (id: string, ...args: readonly string[]) =>
      tree.startWith(locks, 'lock', 'release', id, ...REASON, ...args).ended;
    const short = await release(lock.id.replace(/\+.*/, ''));
    expect(short).toMatchObject({ code: 4 });
    expect(short.stderr).toContain(`did you mean ${lock.id}?`);
    holder.child.kill('SIGSTOP');
    await redis.kill();
    // Another token of the session is another hold.
    expect(await release(lock.id.replace(/@\d+/, '@999'))).toMatchObject({ code: 8 });
    const released = await release(lock.id, '--json');
    expect(released, released.stderr).toMatchObject({ code: 8 });
    expect(JSON.parse(released.stdout)).toMatchObject({
      outcome: 'released',
      errors: [{ code: 'lock.unreachable' }],
    });
    expect((await tree.bfm('lock', 'list')).stdout).toContain('Nothing is held.');
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await world.unsound()).toEqual([]);
  });
});

async function list({ ended }: BfmProcess): Promise<LockDocument['locks']> {
  const end = await ended;
  expect(end, end.stderr).toMatchObject({ code: 0 });
  return (JSON.parse(end.stdout) as LockDocument).locks;
}
