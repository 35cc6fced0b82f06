import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStateSchema, STATE_SCHEMA } from '../support/state-schema.ts';
import { BROKEN_PROMISES, SOUND_ROWS } from './support/broken-promises.ts';

/** What the tables promise: constraints, unique indexes that are none, and what triggers raise. */
const PROMISED = `
SELECT conname AS name FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype IN ('c', 'u', 'p', 'f')
  AND conname NOT LIKE '%\\_not\\_null'
UNION SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE indisunique AND relnamespace = $1::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''([a-z_]+)''', 'g'))[1] FROM pg_proc WHERE pronamespace = $1::regnamespace
UNION SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
  WHERE relnamespace = $1::regnamespace AND NOT tgisinternal AND tgname LIKE '%\\_stays'
ORDER BY 1`;

describe.each(POSTGRES_MAJORS)('promises of the tables, PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  let client: pg.Client;

  beforeAll(async () => {
    await makeStateSchema(db);
    client = new pg.Client({ connectionString: db.url });
    await client.connect();
    await client.query(`SET search_path = ${STATE_SCHEMA}`);
    await client.query(SOUND_ROWS);
  });
  afterAll(() => client.end());

  it('are all tried', async () => {
    const { rows } = await client.query<{ name: string }>(PROMISED, [STATE_SCHEMA]);
    const tried = new Set(BROKEN_PROMISES.map(({ constraint }) => constraint));
    expect([...tried].sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it.each(BROKEN_PROMISES)('$constraint refuses $sql', async ({ constraint, sql }) => {
    await client.query('BEGIN');
    const refused = await client.query(`${sql}; SET CONSTRAINTS ALL IMMEDIATE`).then(
      () => 'nothing',
      (error: unknown) => (error as { readonly constraint?: string }).constraint ?? String(error),
    );
    await client.query('ROLLBACK');
    expect(refused).toBe(constraint);
  });
});
