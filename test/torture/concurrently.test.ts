import { findUnsound, POSTGRES_MAJORS, shapeOf, until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBareTree, type BareTree } from '../bare/bare-tree.ts';
import { BARE_FAILPOINTS } from '../support/bare-failpoints.ts';
import { buildCli, connectionsTo, startBfm, type BfmEnd, type BfmProcess } from '../support/bfm.ts';
import { seededRandom } from './random.ts';

/** `npm run torture` asks for more than `npm test` has time for. */
const ROUNDS = Number(process.env['BFM_TORTURE_ROUNDS'] ?? 5);
const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);

/** What is done to a run whose statement waits for others. */
const BLOWS = [
  'kill the client',
  'interrupt it',
  'terminate the backend',
  'cancel the statement',
  'lock timeout',
] as const;

/** What the statement waits for: a transaction that writes the table, or one that only looks, with an old snapshot. */
const BLOCKERS = {
  writer: 'BEGIN; INSERT INTO items VALUES (0, 0)',
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM items',
} as const;

/** How many bare statements are done before the one that is made to wait: a build, a drop, a rebuild, a build. */
const DONE_BEFORE = [0, 1, 2, 4] as const;

/** The statements of the bare file that run outside of transactions, in order. */
const BARE = 5;

function makeTree(lockTimeout: string): BareTree {
  return makeBareTree({
    table: {
      up: `CREATE TABLE items (id int, tag int);
INSERT INTO items SELECT n, n % 7 FROM generate_series(1, 300) n;
CREATE INDEX items_old ON items (tag);
CREATE TABLE effects (what text);`,
    },
    bare: {
      up: `-- bfm: transaction=none${lockTimeout}
CREATE INDEX CONCURRENTLY items_tag ON items (tag) WHERE tag > 0;
INSERT INTO effects VALUES ('after the build');
DROP INDEX CONCURRENTLY items_old;
REINDEX INDEX CONCURRENTLY items_tag;
CREATE TYPE mood AS ENUM ('sad');
ALTER TYPE mood ADD VALUE 'glad';
VACUUM items;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_id ON items (id);
INSERT INTO effects VALUES ('at the end');`,
    },
  });
}

describe.each(POSTGRES_MAJORS)(`CONCURRENTLY on PostgreSQL %i (BFM_TORTURE_SEED=${SEED})`, async (major) => {
  const db = await useTestDatabase(major);
  const environment = connectionsTo(db.url, 'core');
  const random = seededRandom(SEED + major);

  beforeAll(() => {
    buildCli();
  });

  function up(tree: BareTree, schema: string, faults: Readonly<Record<string, string>> = {}): BfmProcess {
    const args = ['up', '--sfm', tree.root, '--schema', schema, '--lock-wait', '40s', '--attempts', '2'];
    return startBfm(args, { ...environment, ...faults });
  }

  async function expectConverged(schema: string, end: BfmEnd): Promise<void> {
    expect({ code: end.code, text: end.code === 0 ? '' : end.stdout + end.stderr }).toEqual({
      code: 0,
      text: '',
    });
    expect(
      await db.query(
        `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = $1::regnamespace ORDER BY 1`,
        [schema],
      ),
    ).toEqual([
      { name: 'items_id', valid: true },
      { name: 'items_tag', valid: true },
    ]);
    expect(
      await db.query(
        `SELECT what, count(*)::int AS times FROM ${pg.escapeIdentifier(schema)}.effects GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { what: 'after the build', times: 1 },
      { what: 'at the end', times: 1 },
    ]);
    expect(
      await db.query(
        `SELECT l.status FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE s.schema_name = $1 ORDER BY 1`,
        [schema],
      ),
    ).toEqual([{ status: 'applied' }, { status: 'applied' }]);
    expect(await findUnsound({ url: db.url, unlogged: 'all' })).toEqual([]);
    expect(await db.query('SELECT 1 FROM bfm.progress')).toEqual([]);
  }

  it(
    `killed at ${BARE_FAILPOINTS.join(', ')}: the next plain up ends it, ${ROUNDS} rounds`,
    { timeout: 900_000 },
    async () => {
      using tree = makeTree('');
      await expectConverged('clean', await up(tree, 'clean').ended);
      const wanted = await shapeOf(db.url, 'clean');
      for (let round = 0; round < ROUNDS; round += 1) {
        // Every point in turn, and over the rounds each at every statement.
        const point = BARE_FAILPOINTS[round % BARE_FAILPOINTS.length] ?? BARE_FAILPOINTS[0];
        const hit = 1 + (Math.floor(round / BARE_FAILPOINTS.length) % BARE);
        const schema = `point_${round}`;
        const killed = await up(tree, schema, {
          BFM_ENABLE_FAILPOINTS: '1',
          BFM_FAILPOINTS: `${point}=kill@${hit}`,
        }).ended;
        expect(killed.code).toBeNull();
        await expectConverged(schema, await up(tree, schema).ended);
        expect(await shapeOf(db.url, schema)).toBe(wanted);
      }
    },
  );

  it(
    `struck while it waits for others: the next plain up ends it, ${ROUNDS} rounds`,
    { timeout: 900_000 },
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) await strikeOnce(round);
    },
  );

  async function strikeOnce(round: number): Promise<void> {
    const blow = BLOWS[round % BLOWS.length] ?? BLOWS[0];
    using tree = makeTree(blow === 'lock timeout' ? ', lock-timeout=50ms' : '');
    const schema = `wait_${round}`;
    await goTo(tree, schema, pick(DONE_BEFORE));
    await using blocker = await block(schema, pick(['writer', 'snapshot']));
    const struck = up(tree, schema);
    await strike(struck, blow);
    // A killed client may be followed by the next run at once; the others go on or clean up, which waits too.
    const next = blow === 'kill the client' && random() < 0.5 ? up(tree, schema) : null;
    if (next !== null) await until(isWaiting, { what: 'the next run to wait as well' });
    if (blow === 'cancel the statement' || blow === 'terminate the backend') await blocker.end();
    const end = await struck.ended;
    await blocker.end();
    const last = next ?? (end.code === 0 ? struck : up(tree, schema));
    await expectConverged(schema, await last.ended);
  }

  /** Applies the first migration, and of the second as many bare statements. */
  async function goTo(tree: BareTree, schema: string, done: number): Promise<void> {
    const faults =
      done === 0
        ? { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'bare.intent_committed=kill' }
        : { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: `bare.done_recorded=kill@${done}` };
    expect((await up(tree, schema, faults).ended).code).toBeNull();
    expect(await findUnsound({ url: db.url, unlogged: 'all', unfinished: 'allowed' })).toEqual([]);
  }

  interface Blocker extends AsyncDisposable {
    readonly end: () => Promise<void>;
  }

  async function block(schema: string, kind: keyof typeof BLOCKERS): Promise<Blocker> {
    const client = new pg.Client({ connectionString: db.url, options: `-c search_path=${schema}` });
    await client.connect();
    await client.query(BLOCKERS[kind]);
    let ended: Promise<void> | null = null;
    const end = (): Promise<void> => (ended ??= client.query('ROLLBACK').then(() => client.end()));
    return { end, [Symbol.asyncDispose]: end };
  }

  async function waiting(): Promise<number | null> {
    const [row] = await db.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bfm'
       AND wait_event_type = 'Lock' AND query ~ 'CONCURRENTLY'`,
    );
    return row?.pid ?? null;
  }

  async function isWaiting(): Promise<boolean> {
    return (await waiting()) !== null;
  }

  async function strike({ child, ended, said }: BfmProcess, blow: (typeof BLOWS)[number]): Promise<void> {
    if (blow === 'lock timeout') {
      await ended;
      return;
    }
    await until(isWaiting, { what: 'the statement to wait' });
    const pid = await waiting();
    switch (blow) {
      case 'kill the client':
        child.kill('SIGKILL');
        break;
      case 'interrupt it':
        child.kill('SIGINT');
        await until(() => said().includes('Stopping'), { what: 'the run to hear of it' });
        child.kill('SIGINT');
        break;
      case 'terminate the backend':
        await db.query('SELECT pg_terminate_backend($1)', [pid]);
        break;
      case 'cancel the statement':
        await db.query('SELECT pg_cancel_backend($1)', [pid]);
        break;
    }
  }

  function pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
});
