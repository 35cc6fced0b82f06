import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, runBfm, type BfmEnd } from '../support/bfm.ts';
import { makeBareTree, type BareTree } from './bare-tree.ts';

interface StepJson {
  readonly outcome: string;
  readonly error?: { readonly code: string; readonly message: string };
}

const TABLE = {
  up: 'CREATE TABLE items (id int, tag text);\nINSERT INTO items SELECT n, n % 7 FROM generate_series(1, 500) n;',
  down: 'DROP TABLE items;',
};

describe.each(POSTGRES_MAJORS)('statements outside of transactions on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const environment = connectionsTo(db.url, 'core');

  beforeAll(() => {
    buildCli();
  });

  async function bfm(
    tree: BareTree,
    schema: string,
    ...args: readonly string[]
  ): Promise<BfmEnd & { steps: readonly StepJson[] }> {
    const end = await runBfm([...args, '--json', '--sfm', tree.root, '--schema', schema], environment);
    const steps = end.stdout === '' ? [] : (JSON.parse(end.stdout) as { steps: readonly StepJson[] }).steps;
    return { ...end, steps };
  }

  async function indexes(schema: string): Promise<Record<string, boolean>> {
    const rows = await db.query<{ name: string; valid: boolean }>(
      `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) ORDER BY 1`,
      [schema],
    );
    return Object.fromEntries(rows.map(({ name, valid }) => [name, valid]));
  }

  async function ledger(schema: string): Promise<readonly string[]> {
    const rows = await db.query<{ status: string }>(
      `SELECT l.status FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE s.schema_name = $1 ORDER BY l.migration_id`,
      [schema],
    );
    return rows.map(({ status }) => status);
  }

  it('runs what must stand alone, goes down and up again', async () => {
    using tree = makeBareTree({
      table: TABLE,
      index: {
        up: '-- bfm: transaction=none\nCREATE INDEX CONCURRENTLY items_tag ON {{.Schema}}.items (tag);\nVACUUM ANALYZE items;\nREINDEX INDEX CONCURRENTLY items_tag;',
        down: '-- bfm: transaction=none\nDROP INDEX CONCURRENTLY items_tag;',
      },
      mood: {
        up: "-- bfm: transaction=none\nCREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD VALUE 'glad';\nCREATE TABLE moods (m mood DEFAULT 'glad');",
        down: '-- bfm: transaction=none\nDROP TABLE moods;\nDROP TYPE mood;',
      },
    });
    const up = await bfm(tree, 'alone', 'up');
    expect(up.steps.map(({ outcome, error }) => error?.message ?? outcome)).toEqual([
      'applied',
      'applied',
      'applied',
    ]);
    expect(await indexes('alone')).toEqual({ items_tag: true });
    const down = await bfm(tree, 'alone', 'down', '--all', '--yes');
    expect(down.steps.map(({ outcome, error }) => error?.message ?? outcome)).toEqual(
      Array(3).fill('rolled_back'),
    );
    expect(await indexes('alone')).toEqual({});
    expect((await bfm(tree, 'alone', 'up', '--commit', 'per-target')).code).toBe(0);
    expect(await indexes('alone')).toEqual({ items_tag: true });
    expect(await db.query('SELECT count(*)::int AS rows FROM bfm.progress')).toEqual([{ rows: 0 }]);
  });

  it('creates the schema for a first migration that runs bare', async () => {
    using tree = makeBareTree({
      first: { up: '-- bfm: transaction=none\nCREATE TABLE t (id int);\nVACUUM t;' },
    });
    const up = await bfm(tree, 'born', 'up');
    expect(up.steps.map(({ outcome, error }) => error?.message ?? outcome)).toEqual(['applied']);
  });

  it('takes an INVALID index of a failed build away, and goes on with the next up', async () => {
    using tree = makeBareTree({
      table: { up: 'CREATE TABLE items (id int);\nINSERT INTO items VALUES (1), (1);' },
      index: {
        up: '-- bfm: transaction=none\nCREATE TABLE before (id int);\nCREATE UNIQUE INDEX CONCURRENTLY items_id ON items (id);',
      },
    });
    const failed = await bfm(tree, 'doubled', 'up');
    expect(failed.code).toBe(1);
    expect(failed.steps[1]).toMatchObject({ outcome: 'failed', error: { code: 'step.failed' } });
    expect(failed.steps[1]?.error?.message).toContain('statement 1 stays done, of 2');
    expect(await indexes('doubled')).toEqual({});
    expect(await ledger('doubled')).toEqual(['applied', 'started']);
    await db.query('DELETE FROM doubled.items');
    expect((await bfm(tree, 'doubled', 'up')).code).toBe(0);
    expect(await indexes('doubled')).toEqual({ items_id: true });
    expect(await ledger('doubled')).toEqual(['applied', 'applied']);
  });

  it('does not take an INVALID index that somebody else left for its own, nor for a valid one', async () => {
    using tree = makeBareTree({
      table: { up: 'CREATE TABLE items (id int);\nINSERT INTO items VALUES (1), (1);' },
      index: {
        up: '-- bfm: transaction=none\nCREATE INDEX CONCURRENTLY IF NOT EXISTS items_id ON items (id);',
      },
    });
    await bfm(tree, 'foreign', 'up', '--to', '20250101000001');
    await db
      .query('CREATE UNIQUE INDEX CONCURRENTLY items_id ON "foreign".items (id)')
      .catch(() => undefined);
    const refused = await bfm(tree, 'foreign', 'up');
    expect(refused.code).toBe(6);
    expect(refused.steps[0]).toMatchObject({
      outcome: 'needs_attention',
      error: { code: 'step.invalid_index' },
    });
    expect(await indexes('foreign')).toEqual({ items_id: false });
    await db.query('DROP INDEX "foreign".items_id');
    expect((await bfm(tree, 'foreign', 'up')).code).toBe(0);
    expect(await indexes('foreign')).toEqual({ items_id: true });
  });

  it('backfills in batches, each with its checkpoint, and goes on after a failure', async () => {
    using tree = makeBareTree({
      table: {
        up: 'CREATE TABLE items (id int PRIMARY KEY, done boolean);\nINSERT INTO items SELECT n FROM generate_series(1, 950) n;',
      },
      fill: {
        up: '-- bfm: batch=100, verify=SELECT count(*) = 0 FROM items WHERE done IS NULL\nUPDATE items SET done = (1 / (id - 777)) IS NOT NULL\nWHERE id IN (SELECT id FROM items WHERE done IS NULL ORDER BY id LIMIT :batch);',
      },
    });
    const failed = await bfm(tree, 'filled', 'up');
    expect(failed.steps[1]?.error?.message).toContain('700 rows in 7 batches stay done');
    expect(
      await db.query('SELECT rows_done::int AS rows, batches_done AS batches FROM bfm.progress'),
    ).toEqual([{ rows: 700, batches: 7 }]);
    await db.query('DELETE FROM filled.items WHERE id = 777');
    expect((await bfm(tree, 'filled', 'up')).code).toBe(0);
    expect(await db.query('SELECT count(*)::int AS rows FROM filled.items WHERE done IS NULL')).toEqual([
      { rows: 0 },
    ]);
    expect(await db.query('SELECT 1 FROM bfm.progress')).toEqual([]);
  });

  it('stops a backfill that changes the same rows again and again', async () => {
    using tree = makeBareTree({
      table: {
        up: 'CREATE TABLE items (id int);\nINSERT INTO items SELECT n FROM generate_series(1, 2000) n;',
      },
      fill: {
        up: '-- bfm: batch=2000\nUPDATE items SET id = id WHERE id IN (SELECT id FROM items LIMIT :batch);',
      },
    });
    const end = await bfm(tree, 'endless', 'up');
    expect(end.code).toBe(1);
    expect(end.steps[1]?.error?.message).toContain('the same ones again and again');
  });

  it.each(['transaction=none', 'transaction=per-migration'])(
    'refuses to apply what its post-condition denies (%s)',
    async (mode) => {
      using tree = makeBareTree({
        t: { up: `-- bfm: ${mode}, verify=SELECT count(*) = 1 FROM t\nCREATE TABLE t (id int);` },
      });
      const schema = `denied_${mode.length}`;
      const end = await bfm(tree, schema, 'up');
      expect(end.steps[0]).toMatchObject({ outcome: 'failed', error: { code: 'step.verify_failed' } });
      expect(await ledger(schema)).not.toContain('applied');
    },
  );

  it('builds on many tenants at once without waiting for itself', async () => {
    using tree = makeBareTree({
      table: { up: 'CREATE TABLE items (id int, tag text);' },
      index: {
        up: "-- bfm: transaction=none\nCREATE INDEX CONCURRENTLY items_tag ON items (lower(tag)) WHERE tag <> '';\nREINDEX TABLE CONCURRENTLY items;",
        down: '-- bfm: transaction=none\nDROP INDEX CONCURRENTLY items_tag;',
      },
    });
    const tenants = Array.from({ length: 12 }, (_, index) => `many_${index}`);
    const schemas = tenants.flatMap((schema) => ['--schema', schema]);
    const common = ['--sfm', tree.root, '--concurrency', '4', ...schemas];
    const runs = [
      runBfm(['up', ...common], environment),
      runBfm(['up', ...common, '--lock-wait', '60s'], environment),
    ];
    for (const { code, stderr } of await Promise.all(runs)) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    for (const schema of tenants) expect(await indexes(schema)).toEqual({ items_tag: true });
    const down = await runBfm(['down', '--steps', '1', '--yes', ...common], environment);
    expect(down.code).toBe(0);
    for (const schema of tenants) expect(await indexes(schema)).toEqual({});
  });

  it('asks a person when what it did has been edited since', async () => {
    using tree = makeBareTree({
      two: { up: '-- bfm: transaction=none\nCREATE TABLE a (id int);\nSELECT 1 / 0;' },
    });
    expect((await bfm(tree, 'edited', 'up')).code).toBe(1);
    tree.write(1, 'two', { up: '-- bfm: transaction=none\nCREATE TABLE b (id int);\nSELECT 1;' });
    const refused = await bfm(tree, 'edited', 'up');
    expect(refused.code).toBe(6);
    expect(refused.steps[0]).toMatchObject({ outcome: 'needs_attention', error: { code: 'step.partial' } });
    tree.write(1, 'two', { up: '-- bfm: transaction=none\nCREATE TABLE a (id int);\nSELECT 1;' });
    expect((await bfm(tree, 'edited', 'up')).code).toBe(0);
  });
});
