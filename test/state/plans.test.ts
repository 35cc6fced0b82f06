import { randomUUID } from 'node:crypto';
import type { PageRequest, StatePage, StateReads } from '@bfm/engine';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeStateSchema, openTestState, STATE_SCHEMA } from '../support/state-schema.ts';
import { useState } from './support/use-state.ts';

/** Enough for a planner to see that reading all of it is not the way. */
const FILL = `
SET search_path = ${STATE_SCHEMA};
SET session_replication_role = replica;
INSERT INTO run (id, direction, request, options, plan, plan_digest, actor, method, context, status, finished_at, summary, created_at)
SELECT gen_random_uuid(), 'up', '{}', '{}', '{}', repeat('a', 64), 'actor' || n % 50, 'http', '{}',
  (ARRAY['succeeded', 'succeeded', 'succeeded', 'failed'])[1 + n % 4], now(), '{}', now() - n * interval '1 second'
FROM generate_series(1, 20000) n;
INSERT INTO step (run_id, position, migration_id, connection, schema, backend, direction, outcome, attempts, duration_ms, fence, recorded_at)
SELECT id, p, 'm' || p, 'core', 's' || (random() * 500)::int || p, 'postgresql', 'up', 'applied', 1, 1, 1, created_at FROM run, generate_series(1, 5) p;
INSERT INTO audit (actor, action, object, result, detail)
SELECT 'actor' || n % 50, 'action' || n % 20, 'object' || n % 5000, 'ok', '{}' FROM generate_series(1, 50000) n;
INSERT INTO projection (connection, schema, migration_id, backend, status, applied_at)
SELECT 'core', 's' || n, 'm' || p, 'postgresql', 'applied', now() FROM generate_series(1, 5000) n, generate_series(1, 10) p;
INSERT INTO known_migration (id, version, name, backend, connection, up_text, dependencies, tags, present)
SELECT v || '_a_postgresql_core', v, 'a', 'postgresql', 'core', repeat('x', 200), '[]', '[]', true
FROM (SELECT (20250101000000 + n)::text AS v FROM generate_series(1, 5000) n) AS versions;
INSERT INTO skipped (migration_id, connection, schema, backend, actor, method, context)
SELECT 'm' || n % 5000, 'core', 's', 'postgresql', 'ann', 'http', '{}' FROM generate_series(1, 20000) n;
RESET session_replication_role;
ANALYZE run, step, audit, projection, known_migration, skipped;
RESET search_path`;

const NO_RUNS = { status: null, actor: null, method: null };
const NO_STEPS = { migrationId: null, connection: null, schema: null, outcome: null };
const NO_AUDIT = { actor: null, action: null, object: null };
const NO_ENTRY = { connection: null, schema: null, migrationId: null, status: null };

type List = (reads: StateReads, page: PageRequest) => Promise<StatePage<unknown>>;

/** Lists of which each page must cost the same, however much there is. */
const LISTS: Readonly<Record<string, List>> = {
  'all runs': ({ runs }, page) => runs.list(NO_RUNS, page),
  'runs of a status': ({ runs }, page) => runs.list({ ...NO_RUNS, status: 'failed' }, page),
  'runs of somebody': ({ runs }, page) => runs.list({ ...NO_RUNS, actor: 'actor7' }, page),
  'all history': ({ steps }, page) => steps.history(NO_STEPS, page),
  "a migration's history": ({ steps }, page) => steps.history({ ...NO_STEPS, migrationId: 'm3' }, page),
  'the audit': ({ audit }, page) => audit.list(NO_AUDIT, page),
  'the audit of somebody': ({ audit }, page) => audit.list({ ...NO_AUDIT, actor: 'actor7' }, page),
  'the audit of something': ({ audit }, page) => audit.list({ ...NO_AUDIT, object: 'object7' }, page),
  'the audit of an action': ({ audit }, page) => audit.list({ ...NO_AUDIT, action: 'action7' }, page),
  'the projection': ({ projection }, page) => projection.list(NO_ENTRY, page),
  'the projection of a migration': ({ projection }, page) =>
    projection.list({ ...NO_ENTRY, migrationId: 'm3' }, page),
  'known migrations': ({ migrations }, page) => migrations.list(null, page),
};

describe.each(POSTGRES_MAJORS)('lists of much, PostgreSQL %i', async (major) => {
  const { db } = await useState({ major, pooled: false });

  beforeAll(async () => {
    await makeStateSchema(db);
    await db.query(FILL);
  });

  /** Rows that were read of the tables since the last look, one after the other. */
  async function readInOrder(): Promise<number> {
    const [row] = await db.query(
      `SELECT sum(seq_tup_read)::int AS rows FROM pg_stat_user_tables WHERE schemaname = '${STATE_SCHEMA}'`,
    );
    return Number(row?.['rows']);
  }

  it.each(Object.entries(LISTS))('%s: no page reads a table whole', async (_name, list) => {
    const state = openTestState(db.url);
    const before = await readInOrder();
    const first = await state.read((reads) => list(reads, { limit: 20, after: null }));
    expect(first.items).toHaveLength(first.next === null ? 10 : 20);
    if (first.next !== null) await state.read((reads) => list(reads, { limit: 20, after: first.next }));
    await state.close();
    // What a session read is told when it has ended.
    await until(async () => (await sessions()) === 0, { what: 'the sessions to be over' });
    expect((await readInOrder()) - before).toBeLessThan(1_000);
  });

  it('what many poll for reads no table whole', async () => {
    const state = openTestState(db.url);
    const before = await readInOrder();
    const id = randomUUID();
    await state.read(async ({ runs, events, steps, tokens, skips }) => {
      await runs.waiting(10);
      await runs.overdue(10);
      await runs.head(id);
      await events.after(id, 0, 100);
      await steps.ofRun(id, { limit: 100, after: null });
      await tokens.forCheck('aaaaaaaa');
      await skips.recent('m7', 5);
    });
    await state.close();
    await until(async () => (await sessions()) === 0, { what: 'the sessions to be over' });
    expect((await readInOrder()) - before).toBeLessThan(1_000);
  });

  async function sessions(): Promise<number> {
    const [row] = await db.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'bfm-state' AND datname = current_database()`,
    );
    return Number(row?.['count']);
  }
});
