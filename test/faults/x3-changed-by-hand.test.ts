import { logEffect } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, refusalOf, repairIn, runOf, stem, useRowWorld, type RowTree } from './support/row-world.ts';

const BARE = '-- bfm: transaction=none\n';

/** What a migration does, with what somebody has done before by hand. */
const DRIFTS = [
  ['a table', '', 'CREATE TABLE step_2 (id int)'],
  ['a column', '', 'ALTER TABLE step_1 ADD COLUMN more int'],
  ['an index', '', 'CREATE INDEX step_2_idx ON step_1 (id)'],
  ['a function', '', 'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'],
  ['a table of a bare migration', BARE, 'CREATE TABLE step_2 (id int)'],
  ['an index built concurrently', BARE, 'CREATE INDEX CONCURRENTLY step_2_idx ON step_1 (id)'],
] as const;

describe.each([15, 18] as const)('X3 changed by hand on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let tree: RowTree;

  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm, a CASCADE; TRUNCATE public.effect_log');
    tree = world.tree({
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\n`,
    });
    expect(await tree.bfm('up', '--schema', 'a')).toMatchObject({ code: 0 });
  });

  it.each(DRIFTS)('X3 %s that is there already: said so, and mark-applied mends it', async (_, head, sql) => {
    const log = head === '' ? `${logEffect('step_2')};\n` : '';
    tree.write({ [`${stem(2)}.up.sql`]: `${head}${log}${sql};\n` });
    await db.query(`SET search_path = a; ${sql.replace(' CONCURRENTLY', '')}; RESET search_path`);
    const failed = await tree.bfm('up', '--json', '--schema', 'a');
    expect(failed.code).toBe(1);
    const { error } = runOf(failed).steps[0] ?? {};
    expect(error).toMatchObject({ code: 'step.failed' });
    expect(error?.message).toMatch(/already exists/);
    expect(error?.next).toContain('although by the ledger the migration is not applied');
    const unlogged = head === '' ? [] : ['step_2'];
    expect(await world.unsound({ unlogged })).toEqual([]);

    const repair = repairIn(error?.next ?? '', 'mark-applied');
    const wanting = await tree.bfm(...repair.slice(0, -2), '--json');
    expect(wanting).toMatchObject({ code: 2, stdout: '' });
    const empty = await tree.bfm(...repair.slice(0, -1), ' ', '--json');
    expect(empty.code).toBe(2);
    expect(refusalOf(empty).message).toContain('reason');
    expect(await tree.bfm(...repair)).toMatchObject({ code: 0 });
    expect((await tree.bfm('up', '--schema', 'a')).stdout).toContain('Nothing to do');
    const told = await db.query(`SELECT migration_id, actor, reason FROM bfm.event WHERE kind = 'repaired'`);
    expect(told).toEqual([
      { migration_id: idOf(2), reason: 'looked-at', actor: expect.stringMatching(/^.+@.+$/) as unknown },
    ]);
    expect(await world.unsound({ unlogged: ['step_2'] })).toEqual([]);
  });
});
