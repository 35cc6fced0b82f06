import { logEffect, TcpFaultProxy, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { useLockProvider } from './support/lock-providers.ts';
import { runOf, schemaArgs, stem, useRowWorld } from './support/row-world.ts';

/** A sixth of it is left for the cancelling, which has to be enough on a slow machine, too. */
const TTL_MS = 4_000;

/** Slow once: sequences know of no ROLLBACK. */
const FILES = {
  [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\nSELECT pg_sleep(CASE nextval('public.tries') WHEN 1 THEN 6 ELSE 0 END);\n`,
};

const WORKING = `
SELECT a.pid FROM pg_stat_activity a WHERE a.datname = current_database() AND a.state = 'active'
  AND a.query LIKE '%pg_sleep%' AND a.pid <> pg_backend_pid()`;

const WORLDS = [
  { provider: 'etcd', major: 15 },
  { provider: 'postgresql', major: 18 },
  { provider: 'redis', major: 18 },
] as const;

describe.each(WORLDS)(
  'P1 cut off from leases in $provider, PostgreSQL $major',
  async ({ provider, major }) => {
    const world = await useRowWorld(major, { BFM_LOCK_TTL: `${TTL_MS}ms` });
    const locks = await useLockProvider(provider);
    const { db } = world;

    it.each([
      ['P1', 'both'],
      ['P3', 'to-client'],
    ] as const)(
      '%s (%s) stops before its lease ends, and goes on once there is a way again',
      async (row, way) => {
        const url = locks()['BFM_LOCK_URL'] ?? '';
        await using proxy = await TcpFaultProxy.before(url, 'raw');
        await db.query('DROP SEQUENCE IF EXISTS public.tries; CREATE SEQUENCE public.tries');
        const schema = `${row}_${provider}`.toLowerCase();
        const run = world
          .tree(FILES)
          .startWith({ BFM_LOCK_URL: proxy.url(url) }, 'up', ...schemaArgs([schema]), '--json');
        const isWorking = async (): Promise<boolean> => (await db.query(WORKING)).length > 0;
        await until(isWorking, { what: 'the statement to run', timeoutMs: 20_000 });
        proxy.blackhole(way);
        const sinceMs = performance.now();
        await until(async () => !(await isWorking()), { what: 'the statement to be cancelled' });
        // Whatever was renewed last was renewed before this.
        expect(performance.now() - sinceMs).toBeLessThan(TTL_MS);
        expect(await db.query('SELECT * FROM public.effect_log WHERE target = $1', [schema])).toEqual([]);
        proxy.heal();
        const end = await run.ended;
        expect(end, end.stderr).toMatchObject({ code: 0 });
        expect(runOf(end).steps.map(({ outcome }) => outcome)).toEqual(['applied']);
        expect(await world.unsound()).toEqual([]);
      },
    );
  },
);
