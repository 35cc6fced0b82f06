import {
  findUnsound,
  POSTGRES_MAJORS,
  startPgBouncer,
  until,
  useTestDatabase,
  type PgBouncer,
} from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBareTree, type BareTree } from '../bare/bare-tree.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';

const ROWS = 30;

/** Everything that takes effect leaves a row. */
function makeTree(): BareTree {
  return makeBareTree({
    first: {
      up: `CREATE TABLE effects (what text);
CREATE TABLE gate (n int);
CREATE TABLE items (id int, done boolean NOT NULL DEFAULT false);
INSERT INTO items SELECT n FROM generate_series(1, ${ROWS}) n;
INSERT INTO effects VALUES ('first');`,
    },
    second: {
      up: `INSERT INTO effects VALUES ('second');
SELECT pg_advisory_lock(4711);
PREPARE left_behind AS SELECT 1;
INSERT INTO gate VALUES (1);
CREATE TABLE seconds (n int);`,
    },
    bare: {
      up: `-- bfm: transaction=none
INSERT INTO effects VALUES ('before the index');
CREATE INDEX CONCURRENTLY items_id ON items (id);
INSERT INTO effects VALUES ('behind the index');`,
    },
    fill: {
      up: `-- bfm: batch=10
WITH changed AS (
  UPDATE items SET done = true WHERE id IN (SELECT id FROM items WHERE NOT done ORDER BY id LIMIT :batch) RETURNING id
)
INSERT INTO effects SELECT 'row ' || id FROM changed;`,
    },
    last: { up: `INSERT INTO effects VALUES ('last');` },
  });
}

const EFFECTS = [
  ...['first', 'second', 'before the index', 'behind the index', 'last'],
  ...Array.from({ length: ROWS }, (_, index) => `row ${index + 1}`),
].sort();

/** Where a run is killed: what is done before, what is locked so that it waits there, and what it waits with. */
const PLACES = [
  { place: 'in a transaction', done: 1, lock: 'LOCK TABLE gate', waits: 'INSERT INTO gate%' },
  {
    place: 'in a statement outside of transactions',
    done: 2,
    lock: 'INSERT INTO items VALUES (0)',
    waits: 'CREATE INDEX CONCURRENTLY%',
  },
  {
    place: 'in the third batch of a backfill',
    done: 3,
    lock: 'SELECT FROM items WHERE id > 20 FOR UPDATE',
    waits: 'WITH changed%',
  },
] as const;

describe.each(POSTGRES_MAJORS)('kill -9 of bfm behind PgBouncer, PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  let bouncer: PgBouncer;

  beforeAll(async () => {
    buildCli();
    bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: 6 });
  }, 180_000);
  afterAll(() => bouncer.stop());

  function up(tree: BareTree, schema: string, ...args: readonly string[]): BfmProcess {
    const environment = {
      ...connectionsTo(bouncer.url(db.name), 'core'),
      CORE_POOLED: 'true',
      CORE_DIRECT_URL: db.url,
    };
    return startBfm(
      ['up', '--sfm', tree.root, '--schema', schema, '--lock-wait', '30s', ...args],
      environment,
    );
  }

  async function waiting(query: string): Promise<boolean> {
    const found = await db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1",
      [query],
    );
    return found.length > 0;
  }

  async function expectDone({ ended }: BfmProcess): Promise<void> {
    const { code, stdout, stderr } = await ended;
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
  }

  it.each(PLACES)(
    'B1 $place: the next up ends it, each effect once',
    async ({ place, done, lock, waits }) => {
      using tree = makeTree();
      const schema = place.replaceAll(' ', '_');
      await expectDone(up(tree, schema, '--to', `2025010100000${done}`));
      const blocker = new pg.Client({ connectionString: db.url, options: `-c search_path=${schema}` });
      await blocker.connect();
      await blocker.query(`BEGIN; ${lock}`);
      const killed = up(tree, schema);
      await until(() => waiting(waits), { what: 'the run to wait', timeoutMs: 30_000 });
      killed.child.kill('SIGKILL');
      expect((await killed.ended).code).toBeNull();
      // What it was doing ends by itself, while what it waits for is still locked.
      await until(async () => !(await waiting(waits)), {
        what: 'the statement of the killed run to end',
        timeoutMs: 30_000,
      });
      const next = up(tree, schema);
      await until(async () => (await waiting(waits)) || (await waiting('DROP INDEX%')), {
        what: 'the next run to come to the same place',
        timeoutMs: 30_000,
      });
      await blocker.query('ROLLBACK');
      await blocker.end();
      await expectDone(next);
      const effects = await db.query<{ what: string }>(
        `SELECT what FROM ${pg.escapeIdentifier(schema)}.effects`,
      );
      expect(effects.map(({ what }) => what).sort()).toEqual(EFFECTS);
      const indexes = await db.query('SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)', [
        `${schema}.items_id`,
      ]);
      expect(indexes).toEqual([{ indisvalid: true }]);
      expect(await findUnsound({ url: db.url, unlogged: 'all', pooled: true })).toEqual([]);
      expect(await db.query('SELECT 1 FROM bfm.progress')).toEqual([]);
    },
  );
});
