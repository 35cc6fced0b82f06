import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_users.up.sql': '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
  'postgresql/guard/20250101000000_locks.up.sql': '-- bfm: schema=shop\nCREATE TABLE shop.locks (id int);\n',
};

describe.each(POSTGRES_MAJORS)('two connections that keep one schema, PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const guard = { GUARD_BACKEND: 'postgresql', GUARD_URL: db.url };
  const both = { ...guard, CORE_BACKEND: 'postgresql', CORE_URL: db.url };
  let sfm = '';

  beforeEach(async () => {
    sfm = makeFolder(TREE);
    await db.query('DROP SCHEMA IF EXISTS bfm, shop CASCADE');
  });

  const bfm = (args: readonly string[], env: Readonly<Record<string, string>> = both): Promise<End> =>
    runMain([...args, '--sfm', sfm], { env });

  it('the second applies its migrations beside what the first one made', async () => {
    expect((await bfm(['up', '--connection', 'core'])).code).toBe(0);
    const status = parseDocument((await bfm(['status', '--json'])).stdout);
    expect(status).toMatchObject({
      targets: [
        { connection: 'core', applied: 1, pending: [] },
        { connection: 'guard', applied: 0, needs: null },
      ],
    });
    const end = await bfm(['up', '--connection', 'guard']);
    expect({ code: end.code, said: end.stderr }).toEqual({ code: 0, said: '' });
    expect((await bfm(['up'])).stdout).toContain('Nothing to do');
  });

  it('what the first one did not make is still asked about', async () => {
    await db.query('CREATE SCHEMA shop; CREATE TABLE shop.theirs (id int)');
    const refused = await bfm(['up', '--connection', 'guard', '--json']);
    expect(parseError(refused).code).toBe('ledger.baseline_required');
  });

  it('a connection that may only have been renamed is asked about', async () => {
    await bfm(['up', '--connection', 'core']);
    const alone = await bfm(['up', '--connection', 'guard', '--json'], guard);
    expect(alone.code).toBe(6);
    expect(parseError(alone).code).toBe('ledger.other_connection');
  });

  it('the second may be baselined instead', async () => {
    await bfm(['up', '--connection', 'core']);
    await db.query('CREATE TABLE shop.locks (id int)');
    const end = await bfm(['baseline', '--connection', 'guard', '--to', '20250101000000']);
    expect({ code: end.code, said: end.stderr }).toEqual({ code: 0, said: '' });
    expect((await bfm(['up'])).stdout).toContain('Nothing to do');
  });
});
