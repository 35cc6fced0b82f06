import { join } from 'node:path';
import { EFFECT_LOG, findUnsound, logEffect, useTestDatabase, type TestDatabase } from '@bfm/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTree, type Files } from '../bad-input/support/migration-tree.ts';
import { buildCli, connectionsTo, runBfm, type BfmEnd } from '../support/bfm.ts';

const STORES = ['app', 'events', 'rules'] as const;
const UNIT = ['--unit', 'tenant', '--on-failure', 'compensate'];

/** Steps of a tenant in the order they run: two in each store, each store behind the one before. */
const ORDER = STORES.flatMap((store) => [`${store}_1`, `${store}_2`]);

/** Fails while the table `public.broken` has a row. */
const FAILS_WHEN_BROKEN = `SELECT 1 / (1 - count(*)) FROM public.broken`;

function treeOf(): Files {
  const files: Record<string, string> = {};
  for (const [place, store] of STORES.entries()) {
    const before = STORES[place - 1];
    for (const number of [1, 2]) {
      const name = `${store}_${number}`;
      const stem = join('postgresql', store, `2025010100000${number}_${name}`);
      const behind = number === 1 && before !== undefined ? `-- bfm: depends-on=${before}/${before}_2\n` : '';
      const last = store === 'rules' && number === 2 ? `${FAILS_WHEN_BROKEN};\n` : '';
      files[`${stem}.up.sql`] = `${behind}CREATE TABLE ${name} (id int);\n${logEffect(name)};\n${last}`;
      files[`${stem}.down.sql`] = `${logEffect(name, 'down')};\nDROP TABLE ${name};\n`;
    }
  }
  return files;
}

describe('a tenant in three stores', async () => {
  const databases: readonly TestDatabase[] = [
    await useTestDatabase(18),
    await useTestDatabase(18),
    await useTestDatabase(15),
  ];
  const last = databases[2];
  const tree = makeTree(treeOf());
  let tenant = 0;

  beforeAll(async () => {
    buildCli();
    for (const db of databases) await db.query(`${EFFECT_LOG}; CREATE TABLE public.broken (yes bool)`);
  });
  beforeEach(async () => {
    tenant += 1;
    await last?.query('TRUNCATE public.broken');
  });
  afterAll(() => {
    tree[Symbol.dispose]();
  });

  const environment = Object.assign(
    {},
    ...STORES.map((store, place) => connectionsTo(databases[place]?.url ?? '', store)),
  ) as Record<string, string>;

  const bfm = (words: readonly string[], faults: Record<string, string> = {}): Promise<BfmEnd> =>
    runBfm([...words, '--schema', `t${tenant}`, '--sfm', tree.root, '--json'], { ...environment, ...faults });

  const breakLast = async (): Promise<void> => {
    await last?.query('INSERT INTO public.broken VALUES (true)');
  };

  /** Which of the tables are there, in the order of the steps. */
  async function there(): Promise<readonly string[]> {
    const found = await Promise.all(
      databases.map((db) =>
        db.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = $1`, [
          `t${tenant}`,
        ]),
      ),
    );
    const names = new Set(found.flat().map(({ name }) => name));
    return ORDER.filter((name) => names.has(name));
  }

  async function unsound(): Promise<readonly string[]> {
    return (await Promise.all(databases.map(({ url }) => findUnsound({ url })))).flat();
  }

  it('is taken back to the start when the last store fails, and goes to the end once it is mended', async () => {
    await breakLast();
    const failed = await bfm(['up', ...UNIT]);
    expect(failed.code).toBe(1);
    expect(endsOf(failed)).toEqual({
      ...Object.fromEntries(ORDER.slice(0, 5).map((name) => [name, 'rolled_back'])),
      rules_2: 'failed',
    });
    expect(await there()).toEqual([]);
    expect(await unsound()).toEqual([]);
    await last?.query('TRUNCATE public.broken');
    expect((await bfm(['up', ...UNIT])).code).toBe(0);
    expect(await there()).toEqual(ORDER);
    expect(await unsound()).toEqual([]);
  });

  it('keeps what is done when that is what is asked for', async () => {
    await breakLast();
    const failed = await bfm(['up', '--unit', 'tenant']);
    expect(failed.code).toBe(1);
    expect(await there()).toEqual(ORDER.slice(0, 5));
    expect(await unsound()).toEqual([]);
  });

  it('takes back nothing that was there before', async () => {
    expect((await bfm(['up', '--to', '20250101000001'])).code).toBe(0);
    await breakLast();
    expect((await bfm(['up', ...UNIT])).code).toBe(1);
    expect(await there()).toEqual(['app_1', 'app_2', 'events_1', 'events_2', 'rules_1']);
    expect(await unsound()).toEqual([]);
  });

  it.each(Array.from({ length: 6 }, (_, index) => index + 1))(
    'killed at step %i: the next up goes to the end',
    async (step) => {
      const killed = await bfm(['up', ...UNIT], {
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: `step.recorded=kill@${step}`,
      });
      expect(killed.code).toBeNull();
      expect((await bfm(['up', ...UNIT, '--lock-wait', '30s'])).code).toBe(0);
      expect(await there()).toEqual(ORDER);
      expect(await unsound()).toEqual([]);
    },
  );

  it.each([1, 3, 5])('killed at step %i of taking back: the next up goes on to the end', async (step) => {
    await breakLast();
    const killed = await bfm(['up', ...UNIT], {
      BFM_ENABLE_FAILPOINTS: '1',
      BFM_FAILPOINTS: `step.commit_sent=kill@${5 + step}`,
    });
    expect(killed.code).toBeNull();
    await last?.query('TRUNCATE public.broken');
    expect((await bfm(['up', ...UNIT, '--lock-wait', '30s'])).code).toBe(0);
    expect(await there()).toEqual(ORDER);
    expect(await unsound()).toEqual([]);
  });

  it('refuses what makes no sense, and changes nothing', async () => {
    for (const words of [
      ['up', '--on-failure', 'compensate'],
      ['down', '--all', ...UNIT],
    ]) {
      const { code, stderr } = await bfm(words);
      expect({ code, error: (JSON.parse(stderr) as { error: { code: string } }).error.code }).toEqual({
        code: 2,
        error: 'request.invalid',
      });
    }
    expect(await there()).toEqual([]);
  });
});

function endsOf({ stdout }: BfmEnd): Record<string, string> {
  const { steps } = JSON.parse(stdout) as { steps: { migration_id: string; outcome: string }[] };
  return Object.fromEntries(
    steps.map(({ migration_id: id, outcome }) => [/^\d{14}_(\w+?_\d)_/.exec(id)?.[1] ?? id, outcome]),
  );
}
