import { DEFAULT_POOL_LIMITS, type PostgresStore } from '@bfm/postgresql';
import { MemoryWorld, until, useTestDatabase, type DraftParts } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectionPool } from '../src/pool.ts';
import { catalogOf } from './catalog-of.ts';
import { makeStore, realTime, testAddress } from './make-store.ts';

const db = await useTestDatabase(18);
/** One that a role of its own may own. */
const other = await useTestDatabase(18);

describe('migrations that do what they should not', () => {
  const stores: PostgresStore[] = [];
  beforeAll(async () => {
    await db.query(
      'CREATE TABLE public.effect (name text, path text DEFAULT current_setting($$search_path$$))',
    );
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  function world(schema: string, scripts: readonly Partial<DraftParts>[], connectionsMax = 4): MemoryWorld {
    const store = makeStore(db.url, connectionsMax);
    stores.push(store);
    return new MemoryWorld(catalogOf(schema, scripts), store);
  }

  async function effects(name: string): Promise<number> {
    return (await db.query('SELECT 1 FROM public.effect WHERE name = $1', [name])).length;
  }

  /** Whether a statement that names the schema in a comment is asleep. */
  async function isAsleep(schema: string): Promise<boolean> {
    const asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE $1";
    return (await db.query(asleep, [`%${schema}%`])).length > 0;
  }

  async function applied(schema: string): Promise<number> {
    const rows = await db.query(
      "SELECT 1 FROM bfm.ledger JOIN bfm.scope USING (scope_id) WHERE schema_name = $1 AND status = 'applied'",
      [schema],
    );
    return rows.length;
  }

  it('take effect only inside an explicit transaction, whatever becomes of its BEGIN', async () => {
    const pool = new ConnectionPool({
      route: { address: testAddress(db.url), pooled: false },
      limits: { ...DEFAULT_POOL_LIMITS, connectionsMax: 1 },
      ...realTime,
    });
    const client = await pool.checkOut();
    await client.query('RESET ALL');
    await expect(client.query("INSERT INTO public.effect (name) VALUES ('stray')")).rejects.toMatchObject({
      code: '25006',
    });
    client.release();
    await pool.close();
    expect(await effects('stray')).toBe(0);
  });

  it('leave an effect exactly when the ledger says so, under a flood of cancellations', async () => {
    const scripts = Array.from({ length: 20 }, (_, index) => ({
      up: [`INSERT INTO public.effect (name) VALUES ('flood')`, `CREATE TABLE t${index} (id int)`],
    }));
    const here = world('flooded', scripts);
    await here.store.prepare([]);
    const canceller = new pg.Client(db.url);
    await canceller.connect();
    const enough = new AbortController();
    const flood = (async () => {
      while (!enough.signal.aborted) {
        await canceller.query(
          "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'bfm' AND datname = current_database() AND state = 'active'",
        );
      }
    })();
    // Cancelled runs stop where they are; each goes on where the one before stopped.
    for (let run = 0; run < 15; run += 1) await here.apply({}, { attemptsMax: 1 }).catch(() => null);
    enough.abort();
    await flood;
    await canceller.end();
    expect(await effects('flood')).toBe(await applied('flooded'));
    await here.apply();
    expect(await effects('flood')).toBe(20);
    expect(await applied('flooded')).toBe(20);
    const paths = await db.query("SELECT DISTINCT path FROM public.effect WHERE name = 'flood'");
    expect(paths).toEqual([{ path: '"flooded", public' }]);
  });

  describe('cannot have their effect twice by giving back the lock of their target', () => {
    /** Two runs, the second of which takes the target while the first is inside its migration, without the lock. */
    async function runBoth(schema: string): Promise<readonly (string | undefined)[]> {
      const scripts = [
        {
          up: [
            `INSERT INTO public.effect (name) VALUES ('${schema}')`,
            'SELECT pg_advisory_unlock_all()',
            `SELECT pg_sleep(0.5) /* ${schema} */`,
          ],
        },
      ];
      const [first, second] = [world(schema, scripts), world(schema, scripts)];
      const plans = [await first.plan(), await second.plan()] as const;
      const running = first.run(plans[0]);
      await until(async () => isAsleep(schema), { what: 'the first run inside its migration' });
      const results = await Promise.all([running, second.run(plans[1], { lockWaitMs: 1e12 })]);
      return results.map(({ steps }) => steps[0]?.error?.code ?? steps[0]?.outcome);
    }

    it('where the schema is made: others wait for the row of the fence', async () => {
      expect(await runBoth('unlocked')).toEqual(['applied', 'skipped']);
      expect(await effects('unlocked')).toBe(1);
    });

    it('where it was there: whoever took the target last goes on, and the other one commits nothing', async () => {
      await db.query('CREATE SCHEMA unlocked_there');
      expect(await runBoth('unlocked_there')).toEqual(['target.fence_lost', 'applied']);
      expect(await effects('unlocked_there')).toBe(1);
    });
  });

  it.each([
    ['DROP SCHEMA %', 'per-migration'],
    ['DROP SCHEMA %', 'per-target'],
    ['ALTER SCHEMA % RENAME TO %_old', 'per-migration'],
  ] as const)(
    'leave nothing in public when somebody else does %s meanwhile, a commit %s',
    async (how, commit) => {
      const schema = `gone_${how.slice(0, 4).toLowerCase()}_${commit.slice(4)}`;
      await db.query(`CREATE SCHEMA ${schema}`);
      const up = [`SELECT pg_sleep(0.5) /* ${schema} */`, `CREATE TABLE stray_${schema} (id int)`];
      const here = world(schema, [{ up }]);
      const running = here.run(await here.plan(), { commit });
      await until(async () => isAsleep(schema), { what: 'the run inside its migration' });
      await db.query(how.replaceAll('%', schema));
      expect((await running).steps).toMatchObject([{ outcome: 'failed', error: { code: 'plan.stale' } }]);
      expect(
        await db.query('SELECT schemaname FROM pg_tables WHERE tablename = $1', [`stray_${schema}`]),
      ).toEqual([]);
      expect(await applied(schema)).toBe(0);
    },
  );

  it('may drop their own schema last, and do nothing behind that', async () => {
    await db.query('CREATE SCHEMA ended; CREATE SCHEMA ended_amid');
    const last = world('ended', [
      { up: ['CREATE TABLE t (id int)', '/* all of it */ DROP SCHEMA ended CASCADE'] },
    ]);
    expect((await last.apply()).steps).toMatchObject([{ outcome: 'applied' }]);
    const amid = world('ended_amid', [
      { up: ['DROP SCHEMA ended_amid', 'CREATE TABLE stray_amid (id int)'] },
    ]);
    expect((await amid.apply()).steps).toMatchObject([{ outcome: 'failed', error: { code: 'plan.stale' } }]);
    expect(await db.query("SELECT schemaname FROM pg_tables WHERE tablename = 'stray_amid'")).toEqual([]);
  });

  it('do not work in public where their login may not use the schema', async () => {
    await other.query(`CREATE ROLE ${other.name}_owner LOGIN PASSWORD 'x'`);
    try {
      await other.query(
        `ALTER DATABASE ${other.name} OWNER TO ${other.name}_owner; CREATE SCHEMA foreign_tenant`,
      );
      const url = new URL(other.url);
      url.username = `${other.name}_owner`;
      url.password = 'x';
      const store = makeStore(url.href);
      try {
        const here = new MemoryWorld(
          catalogOf('foreign_tenant', [{ up: ['CREATE TABLE stray_tenant (id int)'] }]),
          store,
        );
        const [step] = (await here.apply()).steps;
        expect(step).toMatchObject({
          outcome: 'failed',
          error: {
            message: expect.stringContaining('permission denied for schema "foreign_tenant"') as string,
          },
        });
      } finally {
        await store.close();
      }
      expect(await other.query("SELECT 1 FROM pg_tables WHERE tablename = 'stray_tenant'")).toEqual([]);
    } finally {
      await other.query(`REASSIGN OWNED BY ${other.name}_owner TO CURRENT_USER`);
      await other.query(
        `ALTER DATABASE ${other.name} OWNER TO CURRENT_USER; DROP OWNED BY ${other.name}_owner; DROP ROLE ${other.name}_owner`,
      );
    }
  });

  it('are not applied with the triggers of the ledger off, whatever they say that was seen', async () => {
    await db.query('CREATE SCHEMA forged');
    const here = world('forged', [
      {
        up: [
          'ALTER TABLE bfm.ledger DISABLE TRIGGER digest_row',
          "SELECT set_config('bfm.fence_seen', scope_id || ' ' || fence_token || ' ok ' || fence_holder, false) FROM bfm.scope WHERE schema_name = 'forged'",
        ],
      },
    ]);
    expect((await here.apply()).steps).toMatchObject([
      {
        outcome: 'failed',
        error: { code: 'step.failed', message: expect.stringContaining('triggers of bfm.ledger') as string },
      },
    ]);
    expect(
      await db.query(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'bfm.ledger'::regclass AND tgenabled = 'D'",
      ),
    ).toEqual([]);
  });

  it('do not make their schema anew: what the ledger speaks of would be gone', async () => {
    await db.query('CREATE SCHEMA remade');
    const [{ oid } = { oid: 0 }] = await db.query<{ oid: number }>("SELECT 'remade'::regnamespace::oid");
    const here = world('remade', [
      { up: ['CREATE TABLE kept (id int)'] },
      { up: ['DROP SCHEMA remade CASCADE', 'CREATE SCHEMA remade', 'CREATE TABLE other (id int)'] },
    ]);
    expect((await here.run(await here.plan())).steps).toMatchObject([
      { outcome: 'applied' },
      { outcome: 'failed', error: { code: 'plan.stale' } },
    ]);
    expect(
      await db.query("SELECT relname, relnamespace::oid FROM pg_class WHERE relname IN ('kept', 'other')"),
    ).toEqual([{ relname: 'kept', relnamespace: oid }]);
  });

  it('do not fall through to public when their schema was dropped after the plan was made', async () => {
    await db.query('CREATE SCHEMA dropped');
    const here = world('dropped', [{ up: ['CREATE TABLE victim (id int)'] }]);
    const plan = await here.plan();
    await db.query('DROP SCHEMA dropped');
    expect((await here.run(plan)).steps).toMatchObject([
      { outcome: 'failed', error: { code: 'plan.stale' } },
    ]);
    expect(await db.query("SELECT 1 FROM pg_tables WHERE tablename = 'victim'")).toEqual([]);
  });

  it('cannot smuggle a COMMIT in by changing what a backslash means', async () => {
    const smuggling = `SELECT '\\'';COMMIT;--'`;
    const here = world('smuggled', [
      { up: ['SET standard_conforming_strings = off', 'CREATE TABLE left_behind (id int)', 'PLACE'] },
    ]);
    const plan = await here.plan();
    const [group] = plan.groups;
    const [step] = group?.steps ?? [];
    if (group === undefined || step === undefined) throw new Error('one step was planned');
    const statements = step.statements.map((one) =>
      one.text === 'PLACE' ? { ...one, text: smuggling } : one,
    );
    const hostile = { ...plan, groups: [{ ...group, steps: [{ ...step, statements }] }] };
    expect((await here.run(hostile)).steps).toMatchObject([
      { outcome: 'failed', error: { details: { sqlstate: '42601' } } },
    ]);
    expect(await db.query("SELECT 1 FROM pg_tables WHERE tablename = 'left_behind'")).toEqual([]);
    expect(await applied('smuggled')).toBe(0);
  });

  it('mean the same whatever the database says about backslashes', async () => {
    await db.query(`ALTER DATABASE "${db.name}" SET standard_conforming_strings = off`);
    const here = world('backslash', [{ up: [`INSERT INTO public.effect (name) VALUES ('C:\\new')`] }]);
    await here.apply();
    await db.query(`ALTER DATABASE "${db.name}" RESET standard_conforming_strings`);
    expect(await effects('C:\\new')).toBe(1);
  });

  it('hand nothing of their session on to the next migration of the same target', async () => {
    const here = world('handed_on', [
      {
        up: [
          'SET session_replication_role = replica',
          'SET client_min_messages = error',
          'CREATE TEMP TABLE shadow (id int)',
          'PREPARE ins AS SELECT 1',
          'SELECT pg_advisory_lock_shared(42)',
        ],
      },
      {
        up: [
          `INSERT INTO public.effect (name) SELECT current_setting('session_replication_role') || current_setting('client_min_messages')
           || coalesce(to_regclass('pg_temp.shadow')::text, '') || (SELECT count(*) FROM pg_prepared_statements WHERE from_sql)`,
        ],
      },
    ]);
    expect((await here.apply()).status).toBe('succeeded');
    expect(await effects('originnotice0')).toBe(1);
  });

  it('cannot take the statements of BFM away, from themselves or from the next target', async () => {
    const scripts = [
      { up: ['DEALLOCATE ALL', 'PREPARE ins AS SELECT 1', 'EXECUTE ins'] },
      { up: ['DISCARD PLANS', 'CREATE TABLE after_it (id int)'] },
    ];
    const store = makeStore(db.url, 1);
    stores.push(store);
    for (const schema of ['poisoned_a', 'poisoned_b']) {
      expect((await new MemoryWorld(catalogOf(schema, scripts), store).apply()).status).toBe('succeeded');
    }
  });

  it('wait for a connection as long as others work', async () => {
    const here = world('queued', [{ up: ['SELECT pg_sleep(0.2)'] }], 1);
    const others = ['queued_b', 'queued_c'].map(
      (schema) => new MemoryWorld(catalogOf(schema, [{ up: ['SELECT 1'] }]), here.store),
    );
    const results = await Promise.all([here, ...others].map((each) => each.apply({}, { concurrency: 4 })));
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('are not applied on top of what was put there after a failed attempt', async () => {
    const here = world('restored', [{ up: ['SELECT 1 / 0'] }]);
    await here.apply();
    await db.query('CREATE SCHEMA restored; CREATE TABLE restored.customers (id int)');
    await expect(here.plan()).rejects.toMatchObject({ code: 'ledger.baseline_required' });
  });

  it('find an empty schema empty again after everything was rolled back', async () => {
    const here = world('emptied', [{ up: ['CREATE TABLE t (id int)'], down: ['DROP TABLE t'] }]);
    await here.apply();
    await here.apply({ direction: 'down', all: true });
    expect((await here.apply()).summary.applied).toBe(1);
  });
});

describe('a login that may not make the ledger', () => {
  it('is told what it lacks', async () => {
    await db.query("CREATE ROLE bfm_nobody LOGIN PASSWORD 'x'");
    const url = new URL(db.url);
    url.username = 'bfm_nobody';
    url.password = 'x';
    const store = makeStore(url.href);
    const here = new MemoryWorld(catalogOf('denied', [{ up: ['SELECT 1'] }]), store);
    await expect(here.apply()).rejects.toMatchObject({ code: 'target.denied' });
    await store.close();
    await db.query('DROP ROLE bfm_nobody');
  });
});
