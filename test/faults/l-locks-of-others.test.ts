import { logEffect, POSTGRES_MAJORS, until, type TestDatabase } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { runOf, stem, useRowWorld } from './support/row-world.ts';

const LOCK_TIMEOUT_MS = 600;
/** What is waited beyond the lock timeout, when the machine is idle. */
const MARGIN_MS = 100;
const WRITERS = 8;
const READERS = 4;

interface Other extends AsyncDisposable {
  readonly client: pg.Client;
  readonly pid: number;
}

/** Another user of the database, who begins a transaction. */
async function begin(db: TestDatabase, ...statements: readonly string[]): Promise<Other> {
  const client = new pg.Client({ connectionString: db.url, application_name: 'somebody' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  for (const statement of statements) await client.query(statement);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]?.pid ?? 0, [Symbol.asyncDispose]: () => client.end() };
}

/** What all but one in a hundred are below. */
function p99(waits: readonly number[]): number {
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
}

describe.each(POSTGRES_MAJORS)('locks of others on PostgreSQL %i', async (major) => {
  const { db, tree, unsound } = await useRowWorld(major);

  async function isWaiting(what: string): Promise<boolean> {
    const found = await db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1",
      [what],
    );
    return found.length > 0;
  }

  it('L1 others wait no longer than the lock timeout, and the error names who was in the way', async () => {
    await db.query('CREATE TABLE public.busy (id int)');
    const { bfm } = tree({
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nALTER TABLE public.busy ADD note text;\n`,
    });
    await using reader = await begin(db, 'SELECT count(*) FROM public.busy');
    const [ended, pool] = [new AbortController(), new pg.Pool({ connectionString: db.url, max: 20 })];
    /** Says something again and again, with how long each took in milliseconds. */
    const traffic = async (sql: string, times: number): Promise<readonly number[]> => {
      const waits: number[] = [];
      const one = async (): Promise<void> => {
        while (!ended.signal.aborted) {
          const startedMs = performance.now();
          await pool.query(sql);
          waits.push(performance.now() - startedMs);
        }
      };
      await Promise.all(Array.from({ length: times }, one));
      return waits;
    };
    const all = Promise.all([
      traffic('INSERT INTO public.busy (id) VALUES (1)', WRITERS),
      traffic('SELECT id FROM public.busy LIMIT 1', READERS),
      // Nobody is in its way: what the machine itself makes wait.
      traffic('SELECT 1', 2),
    ]);
    const end = await bfm(
      'up',
      '--json',
      '--schema',
      'l1',
      '--lock-timeout',
      `${LOCK_TIMEOUT_MS}ms`,
      '--attempts',
      '3',
    );
    ended.abort();
    const [writing, reading, calm] = await all;
    await pool.end();
    expect(end.code).toBe(1);
    const error = runOf(end).steps[0]?.error;
    expect(error?.code).toBe('step.lock_timeout');
    expect(error?.message).toContain(`pid ${reader.pid} (somebody, `);
    expect(error?.message).toContain('idle in transaction');
    for (const waits of [writing, reading]) {
      // Some of them did queue behind it, and none for longer than it may stand there.
      expect(Math.max(...waits)).toBeGreaterThan(LOCK_TIMEOUT_MS / 2);
      expect(p99(waits)).toBeLessThan(LOCK_TIMEOUT_MS + MARGIN_MS + Math.max(...calm));
      expect(Math.max(...waits)).toBeLessThan(2 * (LOCK_TIMEOUT_MS + MARGIN_MS + Math.max(...calm)));
    }
    await reader.client.query('COMMIT');
    expect((await bfm('up', '--schema', 'l1')).code).toBe(0);
    expect(await unsound()).toEqual([]);
  });

  it('L2 a statement timeout in a backfill leaves the batches before it, and says which setting it was', async () => {
    await db.query('CREATE TABLE public.filled (id int)');
    const fill = (limit: string): string => `-- bfm: batch=10
-- bfm: statement-timeout=${limit}
INSERT INTO public.filled SELECT n FROM (SELECT n, CASE WHEN n > 20 THEN pg_sleep(0.2) END
FROM generate_series(1, 30) n WHERE n > (SELECT coalesce(max(id), 0) FROM public.filled) LIMIT :batch) x;
`;
    const { bfm, write } = tree({ [`${stem(1, 'fill')}.up.sql`]: fill('500ms') });
    const end = await bfm('up', '--json', '--schema', 'l2');
    expect(end.code).toBe(1);
    const error = runOf(end).steps[0]?.error;
    expect(error).toMatchObject({
      code: 'step.timeout',
      message: expect.stringMatching(/statement timeout.*20 rows in 2 batches stay done/) as string,
      next: expect.stringContaining('statement-timeout') as string,
      details: { where: { statement: 1 } },
    });
    expect(await db.query('SELECT count(*)::int AS n FROM public.filled')).toEqual([{ n: 20 }]);
    write({ [`${stem(1, 'fill')}.up.sql`]: fill('30s') });
    const again = await bfm('up', '--schema', 'l2');
    expect({ code: again.code, said: again.code === 0 ? '' : again.stderr }).toEqual({ code: 0, said: '' });
    expect(await db.query('SELECT count(*)::int AS n FROM public.filled')).toEqual([{ n: 30 }]);
    expect(await unsound({ unlogged: ['fill'] })).toEqual([]);
  });

  it('L3 a deadlock with other traffic: the whole transaction is tried again', async () => {
    await db.query('CREATE TABLE public.one (id int); CREATE TABLE public.two (id int)');
    const { start } = tree({
      [`${stem(1, 'both')}.up.sql`]: `-- bfm: lock-timeout=20s
${logEffect('both')};
LOCK TABLE public.one;
LOCK TABLE public.two;
`,
    });
    // Whose check comes first is the victim.
    await using other = await begin(db, "SET LOCAL deadlock_timeout = '60s'", 'LOCK TABLE public.two');
    const run = start('up', '--schema', 'l3');
    await until(() => isWaiting('LOCK TABLE public.two%'), { what: 'the run to wait' });
    await other.client.query('LOCK TABLE public.one');
    await other.client.query('COMMIT');
    const { code, stderr } = await run.ended;
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    expect(run.said()).toContain('deadlock detected');
    expect(await unsound({ unlogged: ['fill'] })).toEqual([]);
  });

  it('L5 CREATE INDEX CONCURRENTLY tells while it waits whom it waits for', async () => {
    await db.query('CREATE TABLE public.indexed (id int)');
    const { start } = tree({
      [`${stem(1, 'index')}.up.sql`]: `-- bfm: transaction=none
${logEffect('index')};
CREATE INDEX CONCURRENTLY indexed_id ON public.indexed (id);
`,
    });
    await using writer = await begin(db, 'INSERT INTO public.indexed VALUES (1)');
    const run = start('up', '--schema', 'l5');
    await until(() => run.said().includes(`pid ${writer.pid} (somebody, `), {
      what: 'who is in the way',
      timeoutMs: 20_000,
    });
    await writer.client.query('COMMIT');
    expect((await run.ended).code).toBe(0);
    expect(await unsound({ unlogged: ['fill'] })).toEqual([]);
  });
});
