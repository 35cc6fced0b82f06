import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logEffect } from '@bfm/testing';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { tenantNames } from '../fleet/fleet-tree.ts';
import { runOf, stem, useRowWorld, type RowTree } from './support/row-world.ts';

const TENANTS = tenantNames(200);
/** Whose table somebody else has locked, whose table is not there, whose rows do not fit. */
const LOCKED = ['tenant_040', 'tenant_140'];
const MISSING = ['tenant_080'];
const BAD = ['tenant_001', 'tenant_200'];
const UNLUCKY = [...LOCKED, ...MISSING, ...BAD];
const QUICK = ['--lock-timeout', '50ms', '--attempts', '2'];

const FENCES = 'SELECT sum(fence_token)::int AS sum FROM bfm.scope WHERE schema_name <> ALL ($1::text[])';

describe.each([15, 18] as const)('M1 some of 200 tenants fail on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let tree: RowTree;
  let all: readonly string[];

  beforeAll(async () => {
    tree = world.tree({
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (note text);\n`,
      [`${stem(1)}.down.sql`]: `${logEffect('step_1', 'down')};\nDROP TABLE step_1;\n`,
    });
    const list = join(tree.root, 'tenants.txt');
    writeFileSync(list, TENANTS.join('\n'));
    all = ['--connection', 'tenant', '--schemas-from', list];
    expect(await tree.bfm('up', '--create-schemas', ...all)).toMatchObject({ code: 0 });
    tree.write({
      [`${stem(2)}.up.sql`]: `${logEffect('step_2')};\nALTER TABLE step_1 ADD CONSTRAINT step_1_note_key UNIQUE (note);\n`,
      [`${stem(2)}.down.sql`]: `${logEffect('step_2', 'down')};\nALTER TABLE step_1 DROP CONSTRAINT step_1_note_key;\n`,
      [`${stem(3)}.up.sql`]: `-- bfm: depends-on=step_2\n${logEffect('step_3')};\nCREATE TABLE step_3 (id int);\n`,
      [`${stem(3)}.down.sql`]: `${logEffect('step_3', 'down')};\nDROP TABLE step_3;\n`,
    });
    for (const schema of MISSING) await db.query(`ALTER TABLE ${schema}.step_1 RENAME TO away`);
    for (const schema of BAD) await db.query(`INSERT INTO ${schema}.step_1 VALUES ('twice'), ('twice')`);
  });

  it('M1 --max-failures stops beginning targets, and tells what was not started', async () => {
    const end = await tree.bfm('up', '--json', '--max-failures', '1', '--concurrency', '1', ...all);
    expect(end.code).toBe(1);
    // The first of all has rows that do not fit.
    expect(runOf(end).summary).toMatchObject({ applied: 0, failed: 1, not_started: 399 });
    const people = await tree.bfm('up', '--max-failures', '1', '--concurrency', '1', ...all);
    expect(people.code).toBe(1);
    expect(people.stdout + people.stderr).toContain(
      '399 not started: 1 behind a failed one, 398 because the run was stopped',
    );
    expect(await world.unsound()).toEqual([]);
  });

  it('M1 the others finish, and each cause is told once with its targets', async () => {
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${LOCKED.map((schema) => `${schema}.step_1`).join(', ')}`);
    const end = await tree.bfm('up', '--json', '--max-failures', '100', ...QUICK, ...all);
    await holder.query('ROLLBACK');
    await holder.end();
    expect(end.code).toBe(1);
    const { summary, causes = [] } = runOf(end);
    const good = TENANTS.length - UNLUCKY.length;
    expect(summary).toMatchObject({ applied: 2 * good, failed: UNLUCKY.length, not_started: UNLUCKY.length });
    const told = causes.map(({ code, message, targets }) => [code, message, targets.map((t) => t.schema)]);
    expect(told).toHaveLength(3);
    expect(told).toContainEqual(['step.lock_timeout', expect.stringContaining('tenant/*'), LOCKED]);
    expect(told).toContainEqual(['step.failed', expect.stringContaining('could not create unique'), BAD]);
    expect(told).toContainEqual(['step.failed', expect.stringContaining('does not exist'), MISSING]);
    expect(await world.unsound()).toEqual([]);
  });

  it('M1 up again touches only those', async () => {
    for (const schema of MISSING) await db.query(`ALTER TABLE ${schema}.away RENAME TO step_1`);
    for (const schema of BAD) await db.query(`DELETE FROM ${schema}.step_1`);
    const before = await db.query(FENCES, [UNLUCKY]);
    const end = await tree.bfm('up', '--json', ...all);
    expect(end.code).toBe(0);
    const { summary, steps } = runOf(end);
    expect(summary).toMatchObject({ applied: 2 * UNLUCKY.length, skipped: 0 });
    expect([...new Set(steps.map(({ schema }) => schema))].sort()).toEqual([...UNLUCKY].sort());
    // Whoever takes a target raises its fence.
    expect(await db.query(FENCES, [UNLUCKY])).toEqual(before);
    expect(await world.unsound()).toEqual([]);
  });

  it('M1 --max-failures holds on the way down, too', async () => {
    await db.query(`ALTER TABLE tenant_001.step_3 RENAME TO away`);
    const down = ['down', '--json', '--steps', '1', '--yes', ...all];
    const end = await tree.bfm(...down, '--max-failures', '1', '--concurrency', '1');
    expect(end.code).toBe(1);
    expect(runOf(end).summary).toMatchObject({ rolled_back: 0, failed: 1, not_started: 199 });
    await db.query(`ALTER TABLE tenant_001.away RENAME TO step_3`);
    const again = await tree.bfm(...down);
    expect(again.code).toBe(0);
    expect(runOf(again).summary).toMatchObject({ rolled_back: 200, failed: 0 });
    expect(await world.unsound()).toEqual([]);
  });
});
