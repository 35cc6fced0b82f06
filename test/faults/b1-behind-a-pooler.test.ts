import { POSTGRES_MAJORS, until } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { BfmProcess } from '../support/bfm.ts';
import { momentsOn } from '../support/moments.ts';
import { COMMITS, DEADLINE_SECONDS, useNetworkWorld, type PooledWay } from './support/network-world.ts';

const WAYS: readonly PooledWay[] = [
  { proxyBefore: 'pooler', direct: false },
  { proxyBefore: 'server', direct: true },
];

const CUTS = [
  { row: 'C1', at: 'request', what: 'before the COMMIT arrives' },
  { row: 'C2', at: 'reply', what: 'when the COMMIT is done and its reply is lost' },
] as const;

/** Where nothing is heard any more. */
const DEAD = [
  { place: 'in a statement', trigger: { on: 'statement', text: /CREATE TABLE step_2 / } },
  { place: 'before a COMMIT', trigger: { on: 'commit', at: 'request', after: /CREATE TABLE step_2 / } },
  { place: 'behind a COMMIT', trigger: { on: 'commit', at: 'reply', after: /CREATE TABLE step_2 / } },
] as const;

/** The deadline, two seconds, and what the run still has to do, on a slow machine, too. */
const FREE_MS = (DEADLINE_SECONDS + 2 + 16) * 1_000;

/** The session that works, and the one whose transaction holds the lock. */
const SESSIONS = {
  work: `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  AND query LIKE 'INSERT INTO public.effect_log%'`,
  lock: `SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`,
} as const;

describe.each(POSTGRES_MAJORS.flatMap((major) => WAYS.map((way) => ({ major, ...way }))))(
  'PgBouncer in transaction mode, PostgreSQL $major, faults before the $proxyBefore, direct: $direct',
  async ({ major, ...way }) => {
    const { db, proxy, up, upOrFail, expectSound } = await useNetworkWorld(major, way);
    /** Those that come by the proxy. */
    const commits = COMMITS.filter(({ after }) => way.direct || !/step_3|CONCURRENTLY/.test(after.source));

    describe.each(CUTS)('$row', ({ row, at, what }) => {
      it.each(momentsOn(major, commits))(`B1 ${row} ${what}: $unit`, async ({ after, nth = 1 }) => {
        const schema = `${row}_${COMMITS.findIndex((commit) => commit.after === after)}`.toLowerCase();
        const rule = proxy().arm({ on: 'commit', at, after, nth }, 'cut');
        await upOrFail(schema);
        expect(rule.hasHappened).toBe(true);
        await expectSound(schema);
      });
    });

    it.each(momentsOn(major, DEAD))(
      'B1 C3 $place nothing is heard: given up, and gone on with',
      async ({ place, trigger }) => {
        const schema = `c3 ${place}`.replaceAll(' ', '_');
        const rule = proxy().arm(trigger, 'blackhole');
        const run = up(schema, '--lock-wait', '30s');
        await rule.happened;
        const sinceMs = performance.now();
        const { code, stdout, stderr } = await run.ended;
        const tookMs = performance.now() - sinceMs;
        expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
        expect(tookMs).toBeLessThan(FREE_MS);
        await expectSound(schema);
      },
    );

    it('B1 K1 kill -9 in the middle of a statement: the next up ends it', async () => {
      const run = await inTheMiddle('k1', async ({ child, ended }) => {
        child.kill('SIGKILL');
        expect((await ended).code).toBeNull();
        await until(async () => (await db.query(SESSIONS.work)).length === 0, {
          what: 'the end of what the killed run was doing',
        });
      });
      await run.ended;
      await upOrFail('k1', '--lock-wait', '30s');
      await expectSound('k1');
    });

    it.each(['work', 'lock'] as const)(
      'B1 C4 the %s session is ended: no silent reconnect, the target is taken anew',
      async (which) => {
        const schema = `c4_${which}`;
        const run = await inTheMiddle(schema, async () => {
          const [found] = await db.query<{ pid: number }>(SESSIONS[which]);
          await db.terminate(found?.pid ?? 0);
        });
        const { code, stdout, stderr } = await run.ended;
        expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
        expect(stdout).toContain('was lost and is taken anew');
        const [scope] = await db.query(
          'SELECT fence_token::int AS token FROM bfm.scope WHERE schema_name = $1',
          [schema],
        );
        // The first migration, the rest, and the rest anew.
        expect(scope).toEqual({ token: 3 });
        await expectSound(schema);
      },
    );

    it('B1 W1 two at once share the work, each effect once', async () => {
      await Promise.all([1, 2].map(() => upOrFail('w1', '--lock-wait', '1min')));
      await expectSound('w1');
    });

    /** Applies the first migration; then starts the rest, and does something while it waits in the second one. */
    async function inTheMiddle(schema: string, act: (run: BfmProcess) => Promise<void>): Promise<BfmProcess> {
      await upOrFail(schema, '--to', '20250101000001');
      const blocker = new pg.Client({ connectionString: db.url });
      await blocker.connect();
      try {
        await blocker.query('BEGIN; LOCK TABLE public.effect_log');
        const run = up(schema, '--lock-wait', '30s');
        await until(async () => (await db.query(SESSIONS.work)).length > 0, { what: 'the run to wait' });
        await act(run);
        return run;
      } finally {
        await blocker.end();
      }
    }
  },
);
