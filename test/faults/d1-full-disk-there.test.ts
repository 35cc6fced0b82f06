import { join } from 'node:path';
import {
  EFFECT_LOG,
  findUnsound,
  logEffect,
  startMortalServer,
  until,
  type MortalServer,
} from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeTree, type Files, type Tree } from '../bad-input/support/migration-tree.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { fillUp } from './support/full-disk.ts';
import { runOf, schemaArgs, stem } from './support/row-world.ts';

const SCHEMAS = ['full', 'roomy'];

/** What the second of three migrations is: where it fails, nothing of it may be left. */
const KINDS = [
  {
    kind: 'a transaction',
    up: `CREATE TABLE made (id int);\n${logEffect('step_2')};\nINSERT INTO room SELECT 1 FROM nextval('tries');\n`,
    left: [],
  },
  {
    kind: 'statements outside of transactions',
    up: `-- bfm: transaction=none\n${logEffect('step_2')};\nINSERT INTO room SELECT 1 FROM nextval('tries');\nCREATE TABLE made (id int);\n`,
    left: ['step_2'],
  },
  {
    kind: 'a backfill',
    up: `-- bfm: batch=10\nINSERT INTO room SELECT n FROM generate_series(1, 30) n WHERE (SELECT nextval('tries')) > 0 AND n > (SELECT coalesce(max(id), 0) FROM room) LIMIT :batch\n`,
    left: [],
  },
] as const;

describe.each([15, 18] as const)('a full disk at the target, PostgreSQL %i', (major) => {
  let server: MortalServer;
  const trees: Tree[] = [];

  beforeAll(async () => {
    buildCli();
    server = await startMortalServer(major);
  }, 120_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    for (const tree of trees) tree[Symbol.dispose]();
  });

  it.each(KINDS)(
    'D1 $kind: told once with a mend, other tenants go on, and with room the same up ends it',
    async ({ kind, up: second, left }) => {
      const world = await makeWorld(`d1 ${kind}`.replaceAll(' ', '_'), {
        [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE room (id int);\nCREATE SEQUENCE tries;\n`,
        [`${stem(2)}.up.sql`]: second,
        [`${stem(3)}.up.sql`]: `${logEffect('step_3')};\nCREATE TABLE step_3 (id int);\n`,
      });
      expect(await world.up('--to', '20250101000001').ended).toMatchObject({ code: 0 });
      const makeRoom = await world.fill('"full".room');
      const unlogged = kind === 'a backfill' ? ['step_2'] : [];

      const run = world.up('--json');
      const ended = await run.ended;
      expect(ended.code, ended.stderr).toBe(1);
      const { steps } = runOf(ended);
      const [failed] = steps.filter(({ error }) => error !== undefined);
      expect(failed).toMatchObject({ schema: 'full', error: { code: 'step.failed' } });
      expect(failed?.error?.message).toContain('No space left on device');
      expect(failed?.error?.next).toMatch(/^make room on the disk of the database server/);
      expect(JSON.stringify(failed?.error)).toContain('53100');
      expect(steps.filter(({ schema }) => schema === 'roomy').map(({ outcome }) => outcome)).toEqual([
        'applied',
        'applied',
      ]);
      // Tried once: it would not have become less full.
      expect(await world.attempts()).toBe(1);
      const effects = await world.query("SELECT migration FROM effect_log WHERE target = 'full' ORDER BY 1");
      // The third does not depend on the second.
      expect(effects.map(({ migration }) => migration)).toEqual(['step_1', ...left, 'step_3']);
      expect(await findUnsound({ url: world.url, unlogged: 'all', unfinished: 'allowed' })).toEqual([]);

      makeRoom();
      const next = await world.up().ended;
      expect({ code: next.code, said: next.code === 0 ? '' : next.stdout + next.stderr }).toEqual({
        code: 0,
        said: '',
      });
      expect(await findUnsound({ url: world.url, unlogged })).toEqual([]);
      const rows = await world.query('SELECT count(*)::int AS rows FROM "full".room');
      expect(rows).toEqual([{ rows: kind === 'a backfill' ? 30 : 1 }]);
    },
  );

  it('D1 CREATE INDEX CONCURRENTLY: what it left INVALID is dropped, and it is built anew', async () => {
    const world = await makeWorld('d1_index', {
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE items (id int);\nINSERT INTO items SELECT generate_series(1, 2000);\n`,
      [`${stem(2)}.up.sql`]: `-- bfm: transaction=none\n${logEffect('step_2')};\nCREATE INDEX CONCURRENTLY items_id ON items (id);\n`,
    });
    expect(await world.up('--to', '20250101000001').ended).toMatchObject({ code: 0 });
    // Its first phase makes the file; then it waits for this transaction.
    const blocker = new pg.Client({ connectionString: world.url });
    await blocker.connect();
    await blocker.query('BEGIN; INSERT INTO "full".items VALUES (0)');
    const run = world.up('--json');
    await until(
      async () => (await world.query(`SELECT to_regclass('"full".items_id') AS name`))[0]?.['name'] !== null,
      { what: 'the index to be begun', timeoutMs: 20_000 },
    );
    const makeRoom = await world.fill('"full".items_id');
    await blocker.query('COMMIT');
    await blocker.end();
    const ended = await run.ended;
    expect(ended.code, ended.stdout).toBe(1);
    const [failed] = runOf(ended).steps.filter(({ error }) => error !== undefined);
    expect(failed?.error?.message).toContain('No space left on device');
    expect(failed?.error?.next).toMatch(/^make room on the disk of the database server/);
    makeRoom();
    expect(await world.up().ended).toMatchObject({ code: 0 });
    expect(await findUnsound({ url: world.url })).toEqual([]);
    expect(
      await world.query(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = '"full".items_id'::regclass`,
      ),
    ).toEqual([{ valid: true }]);
  });

  /** A database of its own, and a tree. */
  async function makeWorld(name: string, files: Files): Promise<World> {
    await query(server.url(), `CREATE DATABASE ${name}`);
    const url = server.url(name);
    await query(url, EFFECT_LOG);
    const tree = makeTree(
      Object.fromEntries(Object.entries(files).map(([file, text]) => [`postgresql/tenant/${file}`, text])),
    );
    trees.push(tree);
    return {
      url,
      query: (sql) => query(url, sql),
      up: (...args) =>
        startBfm(['up', '--sfm', tree.root, ...schemaArgs(SCHEMAS), ...args], connectionsTo(url, 'tenant')),
      fill: async (relation) => {
        // Nothing of it may be written later than now, nor be kept open.
        await query(url, 'CHECKPOINT');
        const [found] = await query(
          url,
          `SELECT current_setting('data_directory') AS folder, pg_relation_filepath('${relation}') AS file`,
        );
        const makeRoom = fillUp(join(String(found?.['folder']), String(found?.['file'])));
        let isFull = true;
        const once = (): void => {
          if (isFull) makeRoom();
          isFull = false;
        };
        onTestFinished(once);
        return once;
      },
      attempts: async () => {
        const [tries] = await query(url, 'SELECT last_value AS tries FROM "full".tries WHERE is_called');
        return Number(tries?.['tries'] ?? 0);
      },
    };
  }
});

interface World {
  readonly url: string;
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  readonly up: (...args: readonly string[]) => BfmProcess;
  /** Leaves no room in the file of a relation; gives what makes room again. */
  readonly fill: (relation: string) => Promise<() => void>;
  /** How often the full one was tried: sequences know of no ROLLBACK. */
  readonly attempts: () => Promise<number>;
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
