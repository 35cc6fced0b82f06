import { cp } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findUnsound, startMortalServer, until, type MortalServer } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';
import { seededRandom } from '../torture/random.ts';

const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);
const TENANTS = 3;
/** Which server comes back first, or both at once. */
const ORDERS = [[0, 1], [1, 0], 'at once'] as const;

describe(`the whole box dies (BFM_TORTURE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const servers: MortalServer[] = [];
  const trees: EffectTree[] = [];
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    buildCli();
    for (const [major, connection] of [
      [15, 'older'],
      [18, 'newer'],
    ] as const) {
      const server = await startMortalServer(major);
      servers.push(server);
      trees.push(await makeEffectTree({ query: (sql) => query(server, sql) }, { connection, seconds: 0.05 }));
      environment = { ...environment, ...connectionsTo(server.url(), connection) };
    }
    // One tree for both.
    const [first, second] = trees;
    if (first === undefined || second === undefined) throw new Error('there are two trees');
    await cp(second.sfm, first.sfm, { recursive: true });
  }, 120_000);
  afterAll(async () => {
    for (const thing of [...servers, ...trees]) await thing[Symbol.asyncDispose]();
  });

  function up(round: string): BfmProcess {
    const schemas = Array.from({ length: TENANTS }, (_, n) => ['--schema', `${round}_${n}`]).flat();
    return startBfm(['up', '--sfm', trees[0]?.sfm ?? '', '--lock-wait', '30s', ...schemas], environment);
  }

  async function reviveAll(order: (typeof ORDERS)[number]): Promise<void> {
    if (order === 'at once') {
      await Promise.all(servers.map((server) => server.revive()));
      return;
    }
    for (const index of order) await servers[index]?.revive();
  }

  it.each(ORDERS.flatMap((order) => [1, 2].map((time) => ({ order, time }))))(
    'K5 kill -9 of all at a random moment, back in order $order (time $time): the next up converges',
    { timeout: 120_000 },
    async ({ order, time }) => {
      const round = `k5_${ORDERS.indexOf(order)}_${time}`;
      const runs = [up(round), up(round)];
      await until(
        async () => (await Promise.all(servers.map((server) => applied(server, round)))).some((n) => n > 0),
        {
          what: 'a first migration',
          timeoutMs: 30_000,
        },
      );
      await delay(random() * 250);
      for (const { child } of runs) child.kill('SIGKILL');
      await Promise.all(servers.map((server) => server.die('crash')));
      const ends = await Promise.all(runs.map(({ ended }) => ended));
      expect(ends.filter(({ code }) => code === null)).not.toEqual([]);
      await reviveAll(order);
      const { code, stdout, stderr } = await up(round).ended;
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
      for (const server of servers) {
        expect(await findUnsound({ url: server.url() })).toEqual([]);
        expect(await applied(server, round)).toBe(TENANTS * 6);
      }
    },
  );
});

/** Migrations of a round that are applied. */
async function applied(server: MortalServer, round: string): Promise<number> {
  const [there] = await query<{ found: boolean }>(
    server,
    `SELECT to_regclass('bfm.ledger') IS NOT NULL AS found`,
  );
  if (there?.found !== true) return 0;
  const [row] = await query<{ applied: number }>(server, APPLIED, [`${round}%`]);
  return row?.applied ?? 0;
}

const APPLIED = `
SELECT count(*)::int AS applied FROM bfm.ledger JOIN bfm.scope USING (scope_id)
WHERE status = 'applied' AND schema_name LIKE $1`;

async function query<T extends object>(
  server: MortalServer,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    return (await client.query<T & pg.QueryResultRow>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
