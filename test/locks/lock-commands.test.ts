import { startRedis, until, type Redis } from '@bfm/testing';
import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { schemaArgs, stepFiles, useRowWorld, type RowTree } from '../faults/support/row-world.ts';

interface ListedLock {
  readonly id: string;
  readonly kind: string;
}

const RELEASE = ['--reason', 'the build agent is gone', '--yes'];
const FROZEN = { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'target.taken=stop' };

describe('bfm lock and bfm doctor with a provider of leases', async () => {
  const world = await useRowWorld(18, { BFM_LOCK_TTL: '10min' });
  let redis: Redis;
  let tree: RowTree;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    redis = await startRedis();
    settings = { BFM_LOCK_URL: redis.url };
    tree = world.tree(stepFiles(1));
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  const bfm = async (...args: readonly string[]) => tree.startWith(settings, ...args).ended;

  it('lists session and lease as one, and releases by the whole id only', async () => {
    const holder = tree.startWith({ ...settings, ...FROZEN }, 'up', ...schemaArgs(['held']));
    const lock = await held();
    expect(lock.id).toMatch(/^tenant\/held@1\+\d+$/);

    const short = await bfm('lock', 'release', 'tenant/held@1', ...RELEASE);
    expect(short).toMatchObject({ code: 4 });
    expect(short.stderr.replaceAll(/\s+/g, ' ')).toContain(`did you mean ${lock.id}?`);
    expect(short.stderr).toContain(`bfm lock release ${lock.id} --reason WHY`);
    const doctor = await bfm('doctor');
    expect(doctor.stdout).toMatch(
      /redis:\/\/127\.0\.0\.1:\d+\/0\n.*hands out leases \(redis\); 1 lease is held now/,
    );

    holder.child.kill('SIGSTOP');
    expect(await bfm('lock', 'release', lock.id, ...RELEASE)).toMatchObject({ code: 0 });
    expect(await locks()).toEqual([]);
    holder.child.kill('SIGKILL');
    await holder.ended;
  });

  it('ends what a session holds also while the provider is away, and says what is left', async () => {
    const holder = tree.startWith({ ...settings, ...FROZEN }, 'up', ...schemaArgs(['held']));
    const lock = await held();
    await redis[Symbol.asyncDispose]();

    const doctor = await bfm('doctor', '--json');
    expect(doctor).toMatchObject({ code: 8 });
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: 'lock.unreachable',
          message: expect.stringMatching(/nothing listens there$/) as string,
        }),
      ]) as unknown,
    });

    const released = await bfm('lock', 'release', lock.id, ...RELEASE);
    expect(released).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('nothing listens there') as string,
    });
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await world.unsound()).toEqual([]);
  });

  async function locks(): Promise<readonly ListedLock[]> {
    const { stdout } = await bfm('lock', 'list', '--json');
    return (JSON.parse(stdout) as { readonly locks: readonly ListedLock[] }).locks;
  }

  /** Waits for both: whoever looks in the middle of a taking sees one of them. */
  function held(): Promise<ListedLock> {
    const both = async (): Promise<ListedLock | undefined> =>
      (await locks()).find(({ kind }) => kind === 'session and lease');
    return until(both, { what: 'the target to be held' });
  }
});
