import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@bfm/core';
import { DEFAULT_POOL_LIMITS, type PostgresStore } from '@bfm/postgresql';
import {
  describeTargetStore,
  inPooledSessions,
  MemoryWorld,
  NO_TRACES,
  POOLED_TRACES,
  startPgBouncer,
  until,
  useTestDatabase,
  type DraftParts,
  type PgBouncer,
} from '@bfm/testing';
import { ConnectionPool } from '../src/pool.ts';
import { tryPooledLock, type PooledLock } from '../src/pooled-lock.ts';
import { catalogOf } from './catalog-of.ts';
import { makeStore, realTime, testAddress } from './make-store.ts';

const db = await useTestDatabase(18);
let bouncer: PgBouncer;

beforeAll(async () => {
  bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: SESSIONS });
}, 120_000);

afterAll(() => bouncer.stop());

/** Sessions of the pool. */
const SESSIONS = 6;

/** Runs SQL in all of them; by default what the next clients of the pooler find there. */
function inAllSessions(sql?: string): Promise<readonly Record<string, unknown>[]> {
  return inPooledSessions(bouncer.url(db.name), SESSIONS, sql);
}

describeTargetStore('PostgreSQL 18 behind PgBouncer', {
  makeStore: () => makeStore(bouncer.url(db.name), 4, { direct: null }),
  statements: {
    works: "CREATE OR REPLACE FUNCTION made_here() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    fails: 'SELECT 1 / 0',
  },
});

describe('a pooler nobody was told of', () => {
  it('B1 is found by the options it does not take', async () => {
    const store = makeStore(bouncer.url(db.name));
    await expect(store.inspect([])).rejects.toMatchObject({
      code: 'target.pooled',
      next: expect.stringContaining('{CONN}_POOLED=true') as string,
    });
    await store.close();
  });

  it('B1 is found by the options it ignores', async () => {
    const settings = { ignore_startup_parameters: 'options' };
    await using quiet = await startPgBouncer({ serverUrl: db.url, poolSize: 2, settings });
    const store = makeStore(quiet.url(db.name));
    await expect(store.inspect([])).rejects.toMatchObject({ code: 'target.pooled' });
    await store.close();
    expect((await db.query(POOLED_TRACES))[0]).toMatchObject({ locks: 0 });
  });
});

/** The lock of somebody whose snapshot is still there. */
const LOCKED =
  "SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.granted AND a.backend_xmin IS NOT NULL";

/** Who waits for the end of somebody's transaction. */
const WAITING_BUILD =
  "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'virtualxid'";

/** A pool over a network that holds the first statement of a kind back until something has happened. */
function beforeFirst(pool: ConnectionPool, text: RegExp, happens: () => Promise<void>): ConnectionPool {
  let held = false;
  const checkOut = pool.checkOut.bind(pool);
  pool.checkOut = async () => {
    const client = await checkOut();
    const query = client.query.bind(client) as (...all: readonly unknown[]) => Promise<unknown>;
    client.query = ((...all: readonly unknown[]) => {
      if (held || !text.test(String(all[0]))) return query(...all);
      held = true;
      return happens().then(() => query(...all));
    }) as typeof client.query;
    return client;
  };
  return pool;
}

const HEART = { sleep: realTime.sleep, silenceMs: 2_000 };

describe('the lock behind a pooler', () => {
  const target = { backend: 'postgresql', connection: 'core', schema: 'locked' } as never;

  function pool(url: string, pooled: boolean): ConnectionPool {
    return new ConnectionPool({
      route: { address: testAddress(url), pooled },
      limits: DEFAULT_POOL_LIMITS,
      ...realTime,
    });
  }

  async function lockOf(locks: ConnectionPool): Promise<PooledLock> {
    const lock = await tryPooledLock(locks, target, HEART);
    if (!lock.ok) throw new Error(`held by ${lock.holder.name}`);
    return lock;
  }

  it('B1 keeps out runs that come through the pooler and those that do not, until it is given back', async () => {
    const unpooled = makeStore(db.url);
    await unpooled.prepare([]);
    const locks = pool(bouncer.url(db.name), true);
    const lock = await lockOf(locks);
    expect((await tryPooledLock(locks, target, HEART)).ok).toBe(false);
    // A snapshot held as long as the lock would be waited for by every CREATE INDEX CONCURRENTLY.
    const [holder] = await db.query(
      "SELECT state, backend_xmin FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND datname = current_database()",
    );
    expect(holder).toEqual({ state: 'idle in transaction', backend_xmin: null });
    const options = { target, runId: 'r', actor: 'a', signal: new AbortController().signal };
    expect((await unpooled.tryOpen(options)).ok).toBe(false);
    await lock.release();
    const opened = await unpooled.tryOpen(options);
    if (!opened.ok) throw new Error('still held');
    expect((await tryPooledLock(locks, target, HEART)).ok).toBe(false);
    await opened.session[Symbol.asyncDispose]();
    await (await lockOf(locks)).release();
    await locks.close();
    await unpooled.close();
  });

  it('L4 keeps nobody who builds an index waiting who came when it had a snapshot', async () => {
    const unpooled = makeStore(db.url);
    await unpooled.prepare([]);
    await unpooled.close();
    await db.query('CREATE TABLE built (id int)');
    let building: Promise<unknown> = Promise.resolve();
    const locks = pool(bouncer.url(db.name), true);
    const slow = beforeFirst(locks, /^SET LOCAL idle/, async () => {
      await until(async () => (await db.query(LOCKED)).length > 0, { what: 'the lock' });
      building = db.query('CREATE INDEX CONCURRENTLY built_id ON built (id)');
      building.catch(() => undefined);
      await until(async () => (await db.query(WAITING_BUILD)).length > 0, { what: 'the build to wait' });
    });
    const lock = await tryPooledLock(slow, target, { ...HEART, silenceMs: 600 });
    if (!lock.ok) throw new Error('somebody else holds it');
    await building;
    expect(lock.lost.aborted).toBe(false);
    expect((await tryPooledLock(locks, target, HEART)).ok).toBe(false);
    await lock.release();
    await locks.close();
  });

  it('B1 is free again when the transaction that held it is gone, whatever its holder thinks', async () => {
    const locks = pool(bouncer.url(db.name), true);
    const lost = await lockOf(locks);
    const [holder] = await db.query<{ pid: number }>(
      "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = current_database()",
    );
    expect(lost.lost.aborted).toBe(false);
    await db.terminate(holder?.pid ?? 0);
    await (await lockOf(locks)).release();
    await until(() => lost.lost.aborted, { what: 'the loss of the lock to be noticed' });
    await lost.release();
    await locks.close();
  });
});

describe('runs behind a pooler', () => {
  const stores: PostgresStore[] = [];
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  const world = (schema: string, scripts: readonly Partial<DraftParts>[], direct = false): MemoryWorld => {
    const way = direct ? testAddress(db.url) : null;
    const store = makeStore(bouncer.url(db.name), 4, { direct: way });
    stores.push(store);
    return new MemoryWorld(catalogOf(schema, scripts), store);
  };

  it.each([
    ['SET search_path TO nowhere'],
    ["SET lock_timeout = '3s'"],
    ["SELECT set_config('lock_timeout', '4s', false)"],
    ['SET LOCAL lock_timeout = 5'],
    ['CREATE TEMP TABLE left_behind (id int)'],
    ['CREATE TEMP TABLE tidy (id int) ON COMMIT DROP'],
    ['PREPARE left_behind AS SELECT 1'],
    ['DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1'],
    ['SELECT pg_advisory_lock(4711)'],
    ['SET ROLE postgres'],
    ['LISTEN somebody'],
    ["SET app.tenant = 'another'"],
  ])('B1 leave no trace of %j in the sessions of others', async (text) => {
    const schema = `trace_${(made += 1)}`;
    const here = world(schema, [{ up: [text] }, { up: ['CREATE TABLE behind_it (id int)'] }]);
    const { steps } = await here.apply();
    expect(steps.map(({ outcome, error }) => error?.message ?? outcome)).toEqual(['applied', 'applied']);
    expect(await db.query('SELECT to_regclass($1)::text AS name', [`${schema}.behind_it`])).toEqual([
      { name: `${schema}.behind_it` },
    ]);
    expect(await inAllSessions()).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
  });

  it.each([
    ['SET search_path TO nowhere'],
    ["SET app.tenant = 'another'"],
    ['CREATE TEMP TABLE left_behind (id int)'],
    ['PREPARE left_behind AS SELECT 1'],
    ['DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1'],
    ['SELECT pg_advisory_lock(4711)'],
    ['LISTEN somebody'],
  ])('B1 leave no trace of %j in the sessions of others when they fail', async (text) => {
    for (const reshape of [(plan: Plan) => plan, inStatements]) {
      const schema = `failing_${(made += 1)}`;
      const here = world(schema, [{ up: ['CREATE TABLE t (id int)'] }, { up: [text, 'SELECT 1 / 0'] }]);
      const { steps } = await here.run(reshape(await here.plan()));
      expect(steps.map(({ outcome }) => outcome)).toEqual(['applied', 'failed']);
      expect(await inAllSessions()).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
    }
  });

  it('B1 make their settings again for each statement of a migration that is not one transaction', async () => {
    const schema = `settings_${(made += 1)}`;
    const zone = "SELECT current_setting('TimeZone') AS zone";
    const here = world(schema, [
      { up: ["SET TimeZone = 'Asia/Tokyo'", `CREATE TABLE seen AS ${zone}`, `INSERT INTO seen ${zone}`] },
    ]);
    const { steps } = await here.run(inStatements(await here.plan()));
    expect(steps.map(({ outcome }) => outcome)).toEqual(['applied']);
    expect(await db.query(`SELECT zone FROM ${schema}.seen`)).toEqual([
      { zone: 'Asia/Tokyo' },
      { zone: 'Asia/Tokyo' },
    ]);
    expect(await inAllSessions()).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
  });

  it('B1 give back what the pooler itself had set', async () => {
    await inAllSessions("SET lock_timeout = '9s'");
    await world('kept', [{ up: ["SET lock_timeout = '1s'"] }]).apply();
    const found = (await inAllSessions()) as readonly { readonly lock: string }[];
    await inAllSessions('RESET lock_timeout');
    expect(new Set(found.map(({ lock }) => lock))).toEqual(new Set(['9s']));
  });

  it('B1 at the same time do everything once, in each of many targets', async () => {
    const scripts = [1, 2, 3].map((place) => ({
      up: [`CREATE TABLE t${place} (id int)`, `INSERT INTO public.effect VALUES ('${place}')`],
    }));
    await db.query('CREATE TABLE IF NOT EXISTS public.effect (name text)');
    const schemas = ['many_a', 'many_b', 'many_c', 'many_d'];
    const runs = schemas.flatMap((schema) => [world(schema, scripts), world(schema, scripts)]);
    const plans = await Promise.all(runs.map((run) => run.plan()));
    const results = await Promise.all(
      runs.map((run, index) => run.run(plans[index] ?? never(), { lockWaitMs: 1e12 })),
    );
    const outcomes = results.flatMap(({ steps }) => steps.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(12);
    expect(outcomes.filter((outcome) => outcome === 'skipped')).toHaveLength(12);
    expect(
      await db.query('SELECT name, count(*)::int AS times FROM public.effect GROUP BY 1 ORDER BY 1'),
    ).toEqual(['1', '2', '3'].map((name) => ({ name, times: 4 })));
    expect(await inAllSessions()).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
  });

  it('B1 cancel what runs through the pooler, and nobody else', async () => {
    const here = world('cancelled', [{ up: ['SELECT pg_sleep(60)'] }]);
    const cancel = new AbortController();
    const running = here.run(await here.plan(), { cancel: cancel.signal });
    const sleeping = (): Promise<unknown[]> =>
      db.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
      );
    await until(async () => (await sleeping()).length === 1, { what: 'the statement to run' });
    cancel.abort();
    const { steps } = await running;
    expect(steps[0]?.error?.code).toBe('run.cancelled');
    expect(await sleeping()).toEqual([]);
  });

  it('B1 leave nothing of a migration whose connection to the pooler broke', async () => {
    const here = world('broken', [{ up: ['CREATE TABLE a (id int)', 'SELECT pg_sleep(1)'] }]);
    const running = here.run(await here.plan(), {});
    await until(
      async () =>
        (
          await db.query<{ pid: number }>(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
          )
        ).length > 0,
      { what: 'the statement to run' },
    );
    await db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
    );
    expect((await running).steps.map(({ outcome }) => outcome)).toEqual(['applied']);
    expect(await inAllSessions()).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
  });
});

/** Numbers the schemas of tests that want one each. */
let made = 0;

/** The same plan with each script run statement by statement. */
function inStatements(plan: Plan): Plan {
  const groups = plan.groups.map((group) => ({
    ...group,
    steps: group.steps.map((step) => ({
      ...step,
      execution: { ...step.execution, transaction: 'none' as const },
    })),
  }));
  return { ...plan, groups };
}

function never(): never {
  throw new Error('a test asked for something that is not there');
}
