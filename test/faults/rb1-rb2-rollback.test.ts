import { logEffect, shapeOf } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, refusalOf, runOf, stem, stepFiles, useRowWorld, type RowTree } from './support/row-world.ts';

const UP = ['up', '--json', '--schema', 'a'];
const DOWN = ['down', '--json', '--schema', 'a', '--all', '--yes'];
const BAD_DOWN = `${logEffect('step_2', 'down')};\nDROP TABLE step_2;\nDROP TABLE no_such_table;\n`;
const BARE = '-- bfm: transaction=none\n';
const BARE_UP = `${BARE}${logEffect('step_2')};\nCREATE TABLE step_2 (id int);\nCREATE INDEX CONCURRENTLY step_2_idx ON step_2 (id);\n`;
const BARE_DOWN = `${BARE}DROP INDEX CONCURRENTLY step_2_idx;\n`;
const BARE_END = `${logEffect('step_2', 'down')};\nDROP TABLE step_2;\n`;

describe.each([15, 18] as const)('RB on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let tree: RowTree;

  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm, a CASCADE; TRUNCATE public.effect_log');
    tree = world.tree(stepFiles(1, 2, 3));
  });

  const applied = async (): Promise<readonly unknown[]> =>
    (
      await db.query<{ name: string }>(
        "SELECT r.name FROM bfm.ledger l JOIN bfm.revision r USING (revision_id) WHERE l.status IN ('applied', 'undoing') ORDER BY 1",
      )
    ).map(({ name }) => name);

  describe.each(['per-migration', 'per-target'])('RB1 %s', (unit) => {
    it.each(['down', 'up'])('RB1 a rollback that fails half-way stops there, and %s goes on', async (way) => {
      expect((await tree.bfm(...UP)).code).toBe(0);
      tree.write({ [`${stem(2)}.down.sql`]: BAD_DOWN });
      const failed = await tree.bfm(...DOWN, '--commit', unit);
      expect(failed.code).toBe(1);
      const { steps } = runOf(failed);
      const first = unit === 'per-migration' ? 'rolled_back' : 'not_started';
      expect(steps.map(({ migration_id, outcome }) => [migration_id, outcome])).toEqual([
        [idOf(3), first],
        [idOf(2), 'failed'],
        [idOf(1), 'not_started'],
      ]);
      expect(steps[1]?.error?.message).toContain('no_such_table');
      expect(steps[1]?.error?.next).toMatch(
        /^mend the down file and run the same command again; or have back what is undone already: bfm up/,
      );
      expect(await applied()).toEqual(
        unit === 'per-migration' ? ['step_1', 'step_2'] : ['step_1', 'step_2', 'step_3'],
      );
      expect(await world.unsound()).toEqual([]);

      if (way === 'up') {
        expect((await tree.bfm(...UP)).code).toBe(0);
        expect(await applied()).toEqual(['step_1', 'step_2', 'step_3']);
      } else {
        tree.write(stepFiles(2));
        expect((await tree.bfm(...DOWN, '--commit', unit)).code).toBe(0);
        expect(await applied()).toEqual([]);
      }
      expect(await world.unsound()).toEqual([]);
    });
  });

  it.each(['down', 'up'])('RB1 bare: what is half undone is said, and %s goes on', async (way) => {
    tree.write({
      [`${stem(2)}.up.sql`]: BARE_UP,
      [`${stem(2)}.down.sql`]: `${BARE_DOWN}DROP TABLE no_such_table;\n${BARE_END}`,
    });
    expect((await tree.bfm(...UP)).code).toBe(0);
    const failed = await tree.bfm(...DOWN);
    expect(failed.code).toBe(1);
    expect(runOf(failed).summary).toMatchObject({ rolled_back: 1, failed: 1, not_started: 1 });
    expect(await world.unsound({ unfinished: 'allowed' })).toEqual([]);
    const [entry] = await db.query(`SELECT status FROM bfm.ledger WHERE migration_id = '${idOf(2)}'`);
    expect(entry).toEqual({ status: 'undoing' });
    if (way === 'down') {
      tree.write({ [`${stem(2)}.down.sql`]: `${BARE_DOWN}${BARE_END}` });
      expect((await tree.bfm(...DOWN)).code).toBe(0);
      expect(await applied()).toEqual([]);
    } else {
      const refused = await tree.bfm(...UP);
      expect(refused.code).toBe(6);
      expect(refusalOf(refused).code).toBe('drift.half_rolled_back');
      await db.query('CREATE INDEX step_2_idx ON a.step_2 (id)');
      const repair = [
        'repair',
        'mark-applied',
        '--connection',
        'tenant',
        '--schema',
        'a',
        '--migration',
        idOf(2),
      ];
      expect(await tree.bfm(...repair, '--reason', 'made the index again')).toMatchObject({ code: 0 });
      expect((await tree.bfm(...UP)).code).toBe(0);
      expect(await applied()).toEqual(['step_1', 'step_2', 'step_3']);
    }
    expect(await world.unsound()).toEqual([]);
  });

  it('RB2 a missing down is said before anything is undone', async () => {
    const { [`${stem(2)}.down.sql`]: _, ...files } = stepFiles(1, 2, 3);
    const without = world.tree(files);
    expect((await without.bfm(...UP)).code).toBe(0);
    for (const args of [DOWN, ['plan', '--down', '--all', '--schema', 'a', '--json']]) {
      const refused = await without.bfm(...args);
      expect(refused).toMatchObject({ code: 6, stdout: '' });
      expect(refusalOf(refused).code).toBe('migration.irreversible');
      expect(refusalOf(refused).message).toContain(idOf(2));
    }
    expect(await applied()).toEqual(['step_1', 'step_2', 'step_3']);
    expect(await world.unsound()).toEqual([]);
    expect(await without.bfm('down', '--schema', 'a', '--steps', '1', '--yes')).toMatchObject({ code: 0 });
  });

  it('RB2 after its down a schema is made as it was before, but for what the down forgets', async () => {
    expect((await tree.bfm(...UP, '--to', '20250101000001')).code).toBe(0);
    const before = await shapeOf(db.url, 'a');
    const back = ['down', '--schema', 'a', '--to', '20250101000001', '--yes'];
    expect((await tree.bfm(...UP)).code).toBe(0);
    expect(await shapeOf(db.url, 'a')).not.toBe(before);
    expect((await tree.bfm(...back)).code).toBe(0);
    expect(await shapeOf(db.url, 'a')).toBe(before);
    expect(await world.unsound({ shaped: { schemas: ['a'], as: before } })).toEqual([]);

    const { [`${stem(3)}.up.sql`]: up = '' } = stepFiles(3);
    tree.write({ [`${stem(3)}.up.sql`]: `${String(up)}CREATE TABLE residue (id int);\n` });
    expect((await tree.bfm(...UP)).code).toBe(0);
    expect((await tree.bfm(...back)).code).toBe(0);
    const found = await world.unsound({ shaped: { schemas: ['a'], as: before } });
    expect(found).toEqual([expect.stringMatching(/^a is made otherwise: .*with .*residue/)]);
  });

  it('RB2 what a down forgets is named by the next up, with what mends it', async () => {
    tree.write({
      [`${stem(3)}.up.sql`]: `${logEffect('step_3')};\nCREATE TABLE step_3 (id int);\nCREATE TABLE residue (id int);\n`,
    });
    expect((await tree.bfm(...UP)).code).toBe(0);
    expect((await tree.bfm('down', '--schema', 'a', '--steps', '1', '--yes')).code).toBe(0);
    const failed = await tree.bfm(...UP);
    expect(failed.code).toBe(1);
    const { error } = runOf(failed).steps[0] ?? {};
    expect(error?.message).toContain('relation "residue" already exists');
    expect(error?.next).toMatch(/take away what is in the way/);
    expect(await world.unsound()).toEqual([]);
    await db.query('DROP TABLE a.residue');
    expect((await tree.bfm(...UP)).code).toBe(0);
    expect(await world.unsound()).toEqual([]);
  });
});
