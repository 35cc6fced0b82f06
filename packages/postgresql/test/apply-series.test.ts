import { parseSchemaName, type SchemaName } from '@bfm/core';
import type { PostgresStore } from '@bfm/postgresql';
import { MemoryWorld, until, useTestDatabase, type DraftParts } from '@bfm/testing';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogOf } from './catalog-of.ts';
import { makeStore } from './make-store.ts';

const db = await useTestDatabase(18);

describe('running migrations on PostgreSQL', () => {
  const stores: PostgresStore[] = [];
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  const world = (schema: string, ...scripts: readonly Partial<DraftParts>[]): MemoryWorld => {
    const store = makeStore(db.url);
    stores.push(store);
    return new MemoryWorld(catalogOf(schema, scripts), store);
  };

  it('points to the line and column of the error in the file', async () => {
    const here = world('placed', { up: ['CREATE TABLE a (id int)', 'SELECT *\n  FROM nowhere_at_all'] });
    const [step] = (await here.apply()).steps;
    expect(step).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'step.failed',
        details: { where: { line: 3, column: 8, statement: 2 }, sqlstate: '42P01' },
      },
    });
    expect(await tablesIn('placed')).toEqual([]);
  });

  it('creates the schema in the first transaction: a failing first migration leaves none', async () => {
    await world('unborn', { up: ['SELECT 1/0'] }).apply();
    expect(await db.query("SELECT 1 FROM pg_namespace WHERE nspname = 'unborn'")).toEqual([]);
  });

  it('takes a constraint that fails only at COMMIT for what it is: the failure of its own step', async () => {
    const here = world(
      'deferring',
      {
        up: [
          'CREATE TABLE p (id int PRIMARY KEY)',
          'CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)',
        ],
      },
      { up: ['INSERT INTO c VALUES (1)'] },
      { up: ['CREATE TABLE later (id int)'] },
    );
    const result = await here.apply();
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['applied', 'failed', 'applied']);
    expect(result.steps[1]?.error?.details['sqlstate']).toBe('23503');
    expect(await tablesIn('deferring')).toEqual(['c', 'later', 'p']);
  });

  it('tells of a slow migration once it is committed, not once the next one has answered', async () => {
    const slow = (seconds: number): { up: string[] } => ({ up: [`SELECT pg_sleep(${seconds})`] });
    const { steps } = await world('unhurried', { up: [] }, slow(0.1), slow(1.5)).apply();
    expect(steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(steps[1]?.durationMs).toBeLessThan(1_300);
  });

  it('gives no migration less time than its statements took, also where answers come together', async () => {
    const scripts = Array.from({ length: 24 }, (_, index) => ({
      up: [`CREATE TABLE t${index} (id int)`, `INSERT INTO t${index} SELECT generate_series(1, 500)`],
    }));
    const here = world('timed', ...scripts);
    const { steps } = await here.apply();
    const short = steps.filter(({ migrationId, durationMs }) => {
      const statements = here.events
        .filter((event) => event.type === 'statement.finished')
        .filter(({ step }) => step.migrationId === migrationId);
      // Times are kept in single precision.
      return statements.reduce((sum, statement) => sum + statement.durationMs, -0.01) > durationMs;
    });
    expect(short).toEqual([]);
    expect(steps).toHaveLength(24);
  });

  it('calls nothing failed that is committed: a name cut short by a function, in the midst of quick migrations', async () => {
    await db.query(`CREATE FUNCTION public.make_long() RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN EXECUTE 'CREATE TABLE ${'n'.repeat(70)} (id int)'; RETURN 1; END $$`);
    const scripts = Array.from({ length: 16 }, (_, index) => ({ up: [`CREATE TABLE t${index} (id int)`] }));
    scripts[9] = { up: ['INSERT INTO t0 SELECT public.make_long()'] };
    const { steps } = await world('midst', ...scripts).apply();
    const told = steps.filter(({ outcome }) => outcome === 'applied').map(({ migrationId }) => migrationId);
    const kept = await db.query<{ id: string }>(
      "SELECT migration_id AS id FROM bfm.ledger JOIN bfm.scope USING (scope_id) WHERE schema_name = 'midst' AND status = 'applied' ORDER BY 1",
    );
    expect(kept.map(({ id }) => id)).toEqual(told);
    expect(steps.filter(({ error }) => error?.details['sqlstate'] === '42P07')).toEqual([]);
  });

  it('treats a name that PostgreSQL would cut short as a failure, although the server only mentions it', async () => {
    const long = 'n'.repeat(64);
    const result = await world('cutting', { up: [`CREATE TABLE ${long} (id int)`] }).apply();
    expect(result.steps).toMatchObject([{ outcome: 'failed', error: { code: 'step.failed' } }]);
    expect(await tablesIn('cutting')).toEqual([]);
  });

  it('tries again while a lock is held, and applies once it is free', async () => {
    const here = world(
      'contended',
      { up: ['CREATE TABLE busy (id int)'] },
      { up: ['ALTER TABLE busy ADD COLUMN note text'] },
    );
    await here.apply({ to: here.catalog.migrations[0]?.version ?? null });
    const blocker = new pg.Client(db.url);
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE contended.busy IN ACCESS SHARE MODE');
    const running = here.apply({}, { lockTimeoutMs: 50, attemptsMax: 1_000 });
    await until(() => here.events.some(({ type }) => type === 'step.retrying'), { what: 'a retry' });
    await blocker.query('COMMIT');
    await blocker.end();
    const [step] = (await running).steps;
    expect(step?.outcome).toBe('applied');
    expect(step?.attempts).toBeGreaterThan(1);
  });

  it('gives up a contended lock with a code of its own, having changed nothing', async () => {
    const here = world(
      'hopeless',
      { up: ['CREATE TABLE busy (id int)'] },
      { up: ['ALTER TABLE busy ADD COLUMN note text'] },
    );
    await here.apply({ to: here.catalog.migrations[0]?.version ?? null });
    const blocker = new pg.Client(db.url);
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE hopeless.busy IN ACCESS SHARE MODE');
    const result = await here.apply({}, { lockTimeoutMs: 20, attemptsMax: 2 });
    await blocker.query('COMMIT');
    await blocker.end();
    expect(result.steps).toMatchObject([
      { outcome: 'failed', attempts: 2, error: { code: 'step.lock_timeout' } },
    ]);
  });

  it('tells a statement timeout from a cancellation', async () => {
    const slow = world('slow', { up: ['SELECT pg_sleep(60)'] });
    const timedOut = await slow.apply({}, { statementTimeoutMs: 30 });
    expect(timedOut.steps).toMatchObject([{ outcome: 'failed', error: { code: 'step.timeout' } }]);
    const cancel = new AbortController();
    const running = slow.apply({}, { cancel: cancel.signal });
    await until(async () => (await sleepers()) > 0, { what: 'a sleeping statement' });
    cancel.abort();
    const cancelled = await running;
    expect(cancelled.steps).toMatchObject([{ outcome: 'failed', error: { code: 'run.cancelled' } }]);
    expect(await sleepers()).toBe(0);
  });

  it('survives its connection being terminated in the middle: the effect is there once', async () => {
    const here = world(
      'cut',
      { up: ['CREATE TABLE once (id int)', 'SELECT pg_sleep(0.5)'] },
      { up: ['CREATE TABLE twice (id int)'] },
    );
    const running = here.apply();
    await until(async () => (await sleepers()) > 0, { what: 'a sleeping statement' });
    await db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.5)%' AND datname = current_database() AND pid <> pg_backend_pid()",
    );
    const result = await running;
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(await tablesIn('cut')).toEqual(['once', 'twice']);
  });

  it('commits nothing under a stale fence, however much was sent', async () => {
    const here = world(
      'fenced',
      { up: ['CREATE TABLE before_theft (id int)'] },
      { up: ['CREATE TABLE after_theft (id int)'] },
      { up: ['CREATE TABLE later (id int)'] },
    );
    const plan = await here.plan();
    const [group = never()] = plan.groups;
    await here.run({
      ...plan,
      groups: [
        {
          ...group,
          steps: group.steps.slice(0, 1),
          deferred: group.steps.slice(1).map(({ migrationId }) => migrationId),
        },
      ],
    });
    for (const commit of ['per-migration', 'per-target'] as const) {
      const target = { ...group, schema: schemaName('fenced') };
      const taken = await here.store.tryOpen({
        target,
        runId: 'zombie',
        actor: 'z@z',
        signal: new AbortController().signal,
      });
      if (!taken.ok) throw new Error(taken.holder.name);
      await using session = taken.session;
      await db.query("UPDATE bfm.scope SET fence_token = fence_token + 1 WHERE schema_name = 'fenced'");
      const result = await session.applySeries(
        {
          steps: group.steps.slice(1),
          commit,
          createSchema: null,
          timeouts: { lockTimeoutMs: 1_000, statementTimeoutMs: 0, batchPauseMs: 0 },
          stop: new AbortController().signal,
          cancel: new AbortController().signal,
        },
        {
          stepSent: () => undefined,
          stepStarted: () => undefined,
          statementFinished: () => undefined,
          statementProgress: () => undefined,
          notice: () => undefined,
          stepCommitted: () => never(),
        },
      );
      expect(result).toMatchObject({
        committed: 0,
        failure: { kind: 'fenced', error: { code: 'target.fence_lost' } },
      });
      await expect(
        session.note([
          { migrationId: group.steps[2]?.migrationId ?? never(), status: 'failed', error: 'zombie' },
        ]),
      ).rejects.toMatchObject({ code: 'target.fence_lost' });
    }
    expect(await tablesIn('fenced')).toEqual(['before_theft']);
    const rows = await db.query(
      "SELECT DISTINCT run_id FROM bfm.ledger JOIN bfm.scope USING (scope_id) WHERE schema_name = 'fenced'",
    );
    expect(rows).toEqual([{ run_id: 'run-1' }]);
  });

  it('lets nothing a migration set reach the next migration target or session', async () => {
    const leaky = world('leaky', {
      up: ['SET search_path = pg_catalog', "SET lock_timeout = '7s'", 'SET ROLE pg_monitor', 'RESET ROLE'],
    });
    await leaky.apply();
    const after = world('after_leak', { up: ['CREATE TABLE placed_right (id int)'] });
    await after.apply();
    expect(await tablesIn('after_leak')).toEqual(['placed_right']);
    const settings = await leaky.store.querySchemas(
      "SELECT current_setting('search_path') || current_setting('lock_timeout')",
    );
    expect(settings).toEqual(['"$user", public0']);
  });

  it('makes the ledger once when twenty processes meet on an empty database', async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm CASCADE');
    const many = Array.from({ length: 20 }, () => makeStore(db.url, 1));
    await Promise.all(many.map((store) => store.prepare([])));
    await Promise.all(many.map((store) => store.close()));
    expect(await db.query('SELECT version FROM bfm.format')).toEqual([{ version: 3 }]);
  });

  it('takes a schema that was dropped and made anew for a new target when it is empty', async () => {
    const here = world('reborn', { up: ['CREATE TABLE soul (id int)'] });
    await here.apply();
    await db.query('DROP SCHEMA reborn CASCADE');
    await db.query('CREATE SCHEMA reborn');
    const again = await here.apply();
    expect(again.summary.applied).toBe(1);
    expect(await tablesIn('reborn')).toEqual(['soul']);
  });

  it('refuses a schema that was dropped, made anew and filled by somebody else', async () => {
    const here = world('haunted', { up: ['CREATE TABLE soul (id int)'] });
    await here.apply();
    await db.query('DROP SCHEMA haunted CASCADE; CREATE SCHEMA haunted; CREATE TABLE haunted.ghost (id int)');
    await expect(here.plan()).rejects.toMatchObject({ code: 'ledger.recreated' });
  });

  it('goes on with the ledger it finds in a copy of the database', async () => {
    const here = world('copied', { up: ['CREATE TABLE kept (id int)'] });
    await here.apply();
    await db.query(
      "UPDATE bfm.scope SET database_identity = 'another/1', schema_oid = 1 WHERE schema_name = 'copied'",
    );
    expect((await here.plan()).groups).toEqual([]);
    const { rebound } = await here.store.inspect([
      { connection: here.catalog.migrations[0]?.connection ?? never(), schemas: [schemaName('copied')] },
    ]);
    expect(rebound).toEqual(['copied']);
  });

  it('refuses a ledger written by a newer version', async () => {
    const here = world('future', { up: ['SELECT 1'] });
    await here.store.prepare([]);
    await db.query('UPDATE bfm.format SET version = 99');
    await expect(here.plan()).rejects.toMatchObject({ code: 'ledger.newer_format' });
    await db.query('UPDATE bfm.format SET version = 3');
  });

  it('handles hostile schema names as names', async () => {
    for (const name of [
      'a"b',
      'a;drop schema public cascade;--',
      'é☃',
      ' ',
      "it's",
      'UPPER',
      'x'.repeat(63),
    ]) {
      const here = world(name, { up: ['CREATE TABLE found (id int)'] });
      expect((await here.apply()).status).toBe('succeeded');
      expect(await tablesIn(name)).toEqual(['found']);
    }
  });

  async function tablesIn(schema: string): Promise<string[]> {
    const rows = await db.query<{ tablename: string }>(
      'SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1',
      [schema],
    );
    return rows.map(({ tablename }) => tablename);
  }

  async function sleepers(): Promise<number> {
    const rows = await db.query(
      "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
    );
    return rows.length;
  }
});

function schemaName(text: string): SchemaName {
  const result = parseSchemaName(text);
  return result.ok ? result.name : never();
}

function never(): never {
  throw new Error('a test asked for something that is not there');
}
