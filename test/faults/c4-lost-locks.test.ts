import pg from 'pg';
import { logEffect, startPgBouncer, until, useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import type { BfmProcess } from '../support/bfm.ts';
import { useLockProvider } from './support/lock-providers.ts';
import { runOf, schemaArgs, stem, useRowWorld } from './support/row-world.ts';

/** Long enough for a loss to be noticed while it runs. */
const SLOW = {
  [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\nSELECT pg_sleep(3);\n`,
  [`${stem(2)}.up.sql`]: `${logEffect('step_2')};\nCREATE TABLE step_2 (id int);\n`,
};

const WORKING = `
SELECT a.pid FROM pg_stat_activity a WHERE a.datname = current_database() AND a.state = 'active'
  AND a.query LIKE '%pg_sleep%' AND a.pid <> pg_backend_pid()`;

const BUILDING = `
SELECT a.pid FROM pg_stat_activity a WHERE a.datname = current_database() AND a.state = 'active'
  AND a.query LIKE '%CONCURRENTLY slow_build%' AND a.pid <> pg_backend_pid()`;

const LOCKING = `
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`;

describe.each([15, 18] as const)('C4 what holds a target on PostgreSQL %i', async (major) => {
  // Where a loss is noticed by renewing, the time to live is short; else nothing is lost on a slow machine that need not be.
  const SHORT = { BFM_LOCK_TTL: '2s' };
  const world = await useRowWorld(major);
  const { db } = world;
  const leases = await useTestDatabase(18);
  const etcd = await useLockProvider('etcd');

  it('C4 is not replaced when the session that works is ended: the target is taken anew', async () => {
    const run = world.tree(SLOW).start('up', ...schemaArgs(['c4_work']), '--json');
    await end(WORKING);
    await expectDoneUnder(run, { schema: 'c4_work', token: 2 });
  });

  it('C4 is not replaced when the lock behind a pooler is ended: the target is taken anew', async () => {
    await using bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: 6 });
    const pooled = { ...SHORT, TENANT_URL: bouncer.url(db.name), TENANT_POOLED: 'true' };
    const run = world.tree(SLOW).startWith(pooled, 'up', ...schemaArgs(['c4_pooled']), '--json');
    await until(async () => (await db.query(WORKING)).length > 0, { what: 'the statement to run' });
    await end(LOCKING);
    await expectDoneUnder(run, { schema: 'c4_pooled', token: 2, pooled: true });
  });

  it('C4 P1 stops in time when its lease is taken away, and goes on under a new one', async () => {
    const run = world
      .tree(SLOW)
      .startWith({ ...SHORT, BFM_LOCK_URL: leases.url }, 'up', ...schemaArgs(['c4_lease']), '--json');
    await until(async () => (await db.query(WORKING)).length > 0, { what: 'the statement to run' });
    await leases.query('DELETE FROM bfm_lock.lease');
    await expectDoneUnder(run, { schema: 'c4_lease', token: 2 });
    expect(await leases.query('SELECT * FROM bfm_lock.lease')).toEqual([]);
  });

  it('C4 P1 stops a build in time when its lease is taken away, and builds again under a new one', async () => {
    const files = {
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\n`,
      [`${stem(2)}.up.sql`]: `-- bfm: transaction=none\nCREATE INDEX CONCURRENTLY slow_build ON step_1 (id);\n${logEffect('step_2')};\n`,
      [`${stem(3)}.up.sql`]: `${logEffect('step_3')};\nCREATE TABLE step_3 (id int);\n`,
    };
    const old = new pg.Client({ connectionString: db.url });
    await old.connect();
    await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await old.query('SELECT 1');
    const run = world
      .tree(files)
      .startWith({ ...SHORT, BFM_LOCK_URL: leases.url }, 'up', ...schemaArgs(['c4_build']), '--json');
    await until(async () => (await db.query(BUILDING)).length > 0, { what: 'the build to run' });
    await leases.query('DELETE FROM bfm_lock.lease');
    await until(async () => (await db.query(BUILDING)).length === 0, { what: 'the build to stop' });
    await old.end();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
    expect(await world.unsound()).toEqual([]);
  });

  it('CK1 is kept for no longer and no shorter by clocks that are hours off', async () => {
    const tree = world.tree(SLOW);
    const up = ['up', ...schemaArgs(['ck1']), '--json', '--lock-wait', '30s'];
    const [early, late] = [-3_600_000, 3_600_000].map((ms) =>
      tree.startWith(
        { ...SHORT, ...etcd(), BFM_ENABLE_FAILPOINTS: '1', BFM_CLOCK_OFFSET_MS: String(ms) },
        ...up,
      ),
    );
    for (const run of [early, late]) expect(await run?.ended).toMatchObject({ code: 0 });
    expect(await world.unsound()).toEqual([]);
  });

  async function end(sessions: string): Promise<void> {
    const [found] = await until(
      async () => {
        const rows = await db.query<{ pid: number }>(sessions);
        return rows.length > 0 && rows;
      },
      { what: 'the session to be there' },
    );
    await db.terminate(found?.pid ?? 0);
  }

  async function expectDoneUnder(
    run: BfmProcess,
    { schema, token, pooled = false }: { schema: string; token: number; pooled?: boolean },
  ): Promise<void> {
    const ended = await run.ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(runOf(ended).steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    const [scope] = await db.query<{ token: number }>(
      'SELECT fence_token::int AS token FROM bfm.scope WHERE schema_name = $1',
      [schema],
    );
    // A machine that is busy may lose it once more.
    expect(scope?.token).toBeGreaterThanOrEqual(token);
    expect(await world.unsound({ pooled })).toEqual([]);
  }
});
