import { FAILPOINT_NAMES } from '@bfm/core';
import { findUnsound, POSTGRES_MAJORS, startPgBouncer, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmEnd } from '../support/bfm.ts';
import { makeEffectTree } from '../support/effect-tree.ts';
import { CONTROL_SCENES } from './control-scenes.ts';
import { KILL_SCENES, type KillScene } from './kill-scenes.ts';

/** How long the next run may take: the server notices a killed client within half a second. */
const GOES_ON_WITHIN_MS = 30_000;

it('K1 every failpoint has its scenes, and one without would be found out', () => {
  const without = (names: readonly string[]): readonly string[] =>
    names.filter(
      (name) =>
        !Object.entries({ ...KILL_SCENES, ...CONTROL_SCENES }).some(
          ([point, { length }]) => point === name && length > 0,
        ),
    );
  expect(without(FAILPOINT_NAMES)).toEqual([]);
  expect(without([...FAILPOINT_NAMES, 'made.up'])).toEqual(['made.up']);
});

describe.each(POSTGRES_MAJORS)('kill -9 at every failpoint on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  beforeAll(() => {
    buildCli();
  });

  /** The pooler keeps its sessions until it is stopped. */
  async function environmentOf({ pooled, leased }: KillScene): Promise<Record<string, string>> {
    const leases: Record<string, string> = leased ? { BFM_LOCK_URL: db.url, BFM_LOCK_TTL: '2s' } : {};
    if (!pooled) return { ...connectionsTo(db.url, 'tenant'), ...leases };
    const bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: 6 });
    onTestFinished(() => bouncer.stop());
    const direct = { TENANT_POOLED: 'true', TENANT_DIRECT_URL: db.url };
    return { ...connectionsTo(bouncer.url(db.name), 'tenant'), ...direct };
  }

  /** How the ledger stands, with what was written to it behind an event. */
  async function look(behind = 0): Promise<Standing> {
    const [there] = await db.query<{ found: boolean }>(
      `SELECT to_regclass('bfm.format') IS NOT NULL AS found`,
    );
    if (there?.found !== true) return NOTHING;
    const [row] = await db.query<Standing>(STANDING, [behind]);
    return row ?? NOTHING;
  }

  it('K1 nothing happens at any of them unless they are enabled', async () => {
    await using tree = await makeEffectTree(db, { seconds: 0 });
    const asked = { BFM_FAILPOINTS: FAILPOINT_NAMES.map((name) => `${name}=kill`).join(';') };
    const environment = { ...connectionsTo(db.url, 'tenant'), ...asked };
    const { code, stderr } = await startBfm(['up', '--schema', 'two', '--sfm', tree.sfm], environment).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await db.query('DROP SCHEMA two CASCADE');
  });

  it.each(
    Object.entries(KILL_SCENES).flatMap(([name, scenes]) =>
      scenes.map((scene) => ({ name, title: scene.title, scene })),
    ),
  )('K1 $name, $title: the next run goes on, each effect once', async ({ name, scene }) => {
    await db.query('DROP SCHEMA IF EXISTS one, bfm CASCADE; DROP TABLE IF EXISTS public.effect_log');
    await using tree = await makeEffectTree(db, { kinds: scene.kinds, seconds: 0 });
    const environment = await environmentOf(scene);
    const bfm = async (words: readonly string[], faults: Record<string, string> = {}): Promise<BfmEnd> => {
      const place = words.includes('tenant/one') ? [] : ['--schema', 'one'];
      return startBfm([...words, ...place, '--sfm', tree.sfm], { ...environment, ...faults }).ended;
    };
    for (const words of scene.before) expect(await bfm(words)).toMatchObject({ code: 0 });
    const start = await look();

    const failpoint = `${name}=kill@${scene.hit}`;
    const killed = await bfm(scene.killed, { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: failpoint });
    // A run that does not come to the failpoint ends by itself, with a code.
    expect({ code: killed.code, said: killed.code === null ? '' : killed.stdout + killed.stderr }).toEqual({
      code: null,
      said: '',
    });
    const sinceMs = performance.now();
    const next = await bfm(scene.next);
    expect({ code: next.code, said: next.code === 0 ? '' : next.stdout + next.stderr }).toEqual({
      code: 0,
      said: '',
    });
    expect(performance.now() - sinceMs).toBeLessThan(GOES_ON_WITHIN_MS);

    const end = await look(start.event);
    const killedToken = scene.taken ? start.token + 1 : null;
    const byTheKilled = end.tokens.filter((token) => token === killedToken).length;
    expect(scene.done).toContain(byTheKilled);
    // What it did not do, the next run did, with the next token; or there was nothing to be done.
    const lastToken = byTheKilled === scene.all ? killedToken : (killedToken ?? start.token) + 1;
    expect(end).toMatchObject({ applied: scene.end, token: lastToken });
    expect(end.tokens.slice(byTheKilled)).toEqual(Array(scene.all - byTheKilled).fill(lastToken));
    expect(end.tokens).toHaveLength(scene.all);
    expect(
      await findUnsound({
        url: db.url,
        unlogged: scene.byHand ? 'all' : tree.unlogged,
        pooled: scene.pooled,
      }),
    ).toEqual([]);
  });
});

/** How a ledger stands. */
interface Standing {
  /** Migrations that are applied. */
  readonly applied: number;
  /** The target's fencing token. */
  readonly token: number;
  /** The last event, and the tokens of those behind the one asked for. */
  readonly event: number;
  readonly tokens: readonly number[];
}

const NOTHING: Standing = { applied: 0, token: 0, event: 0, tokens: [] };

const STANDING = `
SELECT (SELECT count(*) FROM bfm.ledger l JOIN bfm.scope s USING (scope_id)
        WHERE l.status = 'applied' AND s.retired_at IS NULL)::int AS applied,
       coalesce((SELECT max(fence_token) FROM bfm.scope), 0)::int AS token,
       coalesce((SELECT max(event_id) FROM bfm.event), 0)::int AS event,
       ARRAY(SELECT fence_token::int FROM bfm.event WHERE event_id > $1 ORDER BY event_id) AS tokens`;
