import type { PostgresStore } from '@bfm/postgresql';
import { MemoryWorld, useTestDatabase } from '@bfm/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogOf } from './catalog-of.ts';
import { makeStore } from './make-store.ts';

/** So many that the one at FAULTY, small as they are, is sent together with some before and behind it. */
const COUNT = 14;
const FAULTY = 5;

describe.each([15, 18] as const)('migrations that are sent together, on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const stores: PostgresStore[] = [];
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  /** Each makes a table and fills it; the faulty one says this instead. */
  function world(schema: string, faulty: readonly string[]): MemoryWorld {
    const store = makeStore(db.url);
    stores.push(store);
    const scripts = Array.from({ length: COUNT }, (_, index) => ({
      up:
        index === FAULTY
          ? faulty
          : [`CREATE TABLE t${index} (id int PRIMARY KEY)`, `INSERT INTO t${index} VALUES (1)`],
    }));
    return new MemoryWorld(catalogOf(schema, scripts), store);
  }

  async function tablesIn(schema: string): Promise<readonly string[]> {
    const rows = await db.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY length(tablename), tablename',
      [schema],
    );
    return rows.map(({ name }) => name);
  }

  async function ledgerOf(schema: string): Promise<readonly string[]> {
    const rows = await db.query<{ status: string }>(
      'SELECT l.status FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE schema_name = $1 ORDER BY migration_id',
      [schema],
    );
    return rows.map(({ status }) => status);
  }

  const others = Array.from({ length: COUNT }, (_, index) => index).filter((index) => index !== FAULTY);
  const withFailed = Array.from({ length: COUNT }, (_, index) => (index === FAULTY ? 'failed' : 'applied'));

  it.each([
    ['a statement', ['CREATE TABLE half (id int)', 'INSERT INTO half VALUES (1 / 0)'], '22012'],
    [
      'its COMMIT',
      [
        'CREATE TABLE half (id int REFERENCES t0 DEFERRABLE INITIALLY DEFERRED)',
        'INSERT INTO half VALUES (77)',
      ],
      '23503',
    ],
  ])('lose nothing and let nothing through when %s fails', async (what, faulty, sqlstate) => {
    const schema = `failing ${what}`;
    const here = world(schema, faulty);
    const { steps } = await here.apply();
    expect(steps.map(({ outcome }) => outcome)).toEqual(withFailed);
    expect(steps[FAULTY]?.error?.details['sqlstate']).toBe(sqlstate);
    expect(steps.map(({ attempts }) => attempts)).toEqual(steps.map(() => 1));
    expect(await tablesIn(schema)).toEqual(others.map((index) => `t${index}`));
    expect(await ledgerOf(schema)).toEqual(withFailed);
  });

  it('have each its own time, however the answers come', async () => {
    const { steps } = await world('timed', ['SELECT pg_sleep(1.5)']).apply();
    const slow = steps[FAULTY]?.durationMs ?? 0;
    // When it began is known only as well as this process gets to read the answer before.
    expect(slow).toBeGreaterThanOrEqual(1_000);
    expect(others.filter((index) => (steps[index]?.durationMs ?? slow) >= slow)).toEqual([]);
  });

  it('are found out one by one when one of them breaks the connection', async () => {
    const here = world('breaking', [
      'CREATE TABLE half AS SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())',
    ]);
    const { steps } = await here.apply();
    expect(steps.map(({ outcome }) => outcome)).toEqual(withFailed);
    expect(await tablesIn('breaking')).toEqual(others.map((index) => `t${index}`));
    expect(await ledgerOf('breaking')).toEqual(withFailed);
  });

  it('do not go on under a fence that was lost among them', async () => {
    const here = world('stolen', [
      "UPDATE bfm.scope SET fence_token = fence_token + 1 WHERE schema_name = 'stolen'",
    ]);
    const { steps } = await here.apply();
    const outcomes = steps.map(({ outcome }) => outcome);
    expect(outcomes.slice(0, FAULTY)).toEqual(others.slice(0, FAULTY).map(() => 'applied'));
    expect(outcomes.slice(FAULTY + 1)).not.toContain('applied');
    expect(await tablesIn('stolen')).toEqual(others.slice(0, FAULTY).map((index) => `t${index}`));
  });
});
