import { cp } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findUnsound, startEtcd, startMortalServer, until, type Etcd, type MortalServer } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';
import { seededRandom } from '../torture/random.ts';
import { locksOn } from './support/etcd-cluster.ts';

const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);
const TENANTS = 3;
/** The servers: two databases, and who hands out leases. */
type Name = 'older' | 'newer' | 'leases';
/** Which of them comes back first, or all at once: without leases, and with them. */
const ORDERS: readonly (readonly Name[] | 'at once')[] = [['older', 'newer'], ['newer', 'older'], 'at once'];
const ORDERS_WITH_LEASES: readonly (readonly Name[] | 'at once')[] = [
  ['leases', 'older', 'newer'],
  ['leases', 'newer', 'older'],
  ['older', 'leases', 'newer'],
  ['newer', 'leases', 'older'],
  ['older', 'newer', 'leases'],
  ['newer', 'older', 'leases'],
];

/** What dies and comes back. */
interface Mortal {
  readonly die: () => Promise<void>;
  readonly revive: () => Promise<void>;
}

const SCENES = [
  ...ORDERS.map((order) => ({ order, leased: false })),
  ...ORDERS_WITH_LEASES.map((order) => ({ order, leased: true })),
];

describe(`the whole box dies (BFM_TORTURE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const servers: MortalServer[] = [];
  const trees: EffectTree[] = [];
  const mortals = new Map<Name, Mortal>();
  let etcd: Etcd;
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    buildCli();
    for (const [major, connection] of [
      [15, 'older'],
      [18, 'newer'],
    ] as const) {
      const server = await startMortalServer(major);
      servers.push(server);
      mortals.set(connection, { die: () => server.die('crash'), revive: () => server.revive() });
      trees.push(await makeEffectTree({ query: (sql) => query(server, sql) }, { connection, seconds: 0.1 }));
      environment = { ...environment, ...connectionsTo(server.url(), connection) };
    }
    etcd = await startEtcd();
    mortals.set('leases', {
      die: async () => etcd.members[0]?.kill(),
      revive: async () => etcd.members[0]?.start(),
    });
    // One tree for both.
    const [first, second] = trees;
    if (first === undefined || second === undefined) throw new Error('there are two trees');
    await cp(second.sfm, first.sfm, { recursive: true });
  });
  afterAll(async () => {
    for (const thing of [...servers, ...trees, etcd]) await thing[Symbol.asyncDispose]();
  });

  function up(round: string, leases: Readonly<Record<string, string>>): BfmProcess {
    const schemas = Array.from({ length: TENANTS }, (_, n) => ['--schema', `${round}_${n}`]).flat();
    const args = ['up', '--sfm', trees[0]?.sfm ?? '', '--lock-wait', '30s', ...schemas];
    return startBfm(args, { ...environment, ...leases });
  }

  async function reviveAll(order: readonly Name[] | 'at once'): Promise<void> {
    if (order === 'at once') {
      await Promise.all(servers.map((server) => server.revive()));
      return;
    }
    for (const name of order) await mortals.get(name)?.revive();
  }

  it.each(SCENES)(
    'K5 kill -9 of all at a random moment, back in order $order (leases: $leased): the next up converges',
    async ({ order, leased }) => {
      const round = `k5_${SCENES.findIndex((scene) => scene.order === order)}`;
      const leases: Record<string, string> = leased ? { BFM_LOCK_URL: etcd.url, BFM_LOCK_TTL: '2s' } : {};
      const runs = [up(round, leases), up(round, leases)];
      await until(
        async () => (await Promise.all(servers.map((server) => applied(server, round)))).some((n) => n > 0),
        { what: 'a first migration' },
      );
      await delay(random() * 200);
      for (const { child } of runs) child.kill('SIGKILL');
      const dying = [...mortals].filter(([name]) => leased || name !== 'leases');
      await Promise.all(dying.map(([, { die }]) => die()));
      const ends = await Promise.all(runs.map(({ ended }) => ended));
      expect(ends.filter(({ code }) => code === null)).not.toEqual([]);
      await reviveAll(order);
      const { code, stdout, stderr } = await up(round, leases).ended;
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
      const locks = await locksOn(etcd);
      for (const server of servers) {
        expect(await findUnsound({ url: server.url(), locks: [locks] })).toEqual([]);
        expect(await applied(server, round)).toBe(TENANTS * 6);
      }
      await locks.close();
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
