import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { NO_FAILPOINTS } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { DEFAULT_POOL_LIMITS, NO_ADVICE, PostgresStore } from '@bfm/postgresql';
import { makeDraft, MemoryWorld, startMortalServer, until, type MortalServer } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';

const ROUNDS = Number(process.env['BFM_TORTURE_ROUNDS'] ?? 5);
const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);
const MIGRATIONS = 300;

/** What a commit left in memory stays there: a crash loses all that nobody waited for. */
const FORGETFUL = { fsync: 'on', wal_writer_delay: '10s', wal_writer_flush_after: '0', wal_buffers: '16MB' };

const FOUND = `
SELECT l.migration_id AS id, (SELECT count(*)::int FROM public.effect e WHERE e.schema = s.schema_name AND e.name = l.migration_id) AS effects
FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE s.schema_name = $1 AND l.status = 'applied'`;

describe(`a server that dies (BFM_TORTURE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  let server: MortalServer;

  beforeAll(async () => {
    server = await startMortalServer(18, FORGETFUL);
    await query('CREATE TABLE public.effect (name text, schema text DEFAULT current_schema())');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  function world(schema: string): { here: MemoryWorld; store: PostgresStore } {
    const address = new URL(server.url());
    const store = new PostgresStore({
      address: {
        host: address.hostname,
        port: Number(address.port),
        database: 'postgres',
        user: address.username,
        password: address.password,
        tls: { mode: 'disable', rootCertificates: null, client: null },
        advice: NO_ADVICE,
      },
      pooler: null,
      limits: { ...DEFAULT_POOL_LIMITS, connectionsMax: 1 },
      nowMs: () => performance.now(),
      pid: process.pid,
      uniqueId: () => randomUUID(),
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
      failpoints: NO_FAILPOINTS,
    });
    const drafts = Array.from({ length: MIGRATIONS }, (_, index) => {
      const version = String(20250101000000 + index);
      return makeDraft({
        version,
        schema,
        name: `m${index}`,
        up: [`CREATE TABLE t${index} (id int)`, effectOf(version, index), ...careless(index)],
      });
    });
    const { catalog } = buildCatalog(drafts, { defaultSchemas: new Map() });
    return { here: new MemoryWorld(catalog, store), store };
  }

  it(
    `keeps all that was called applied and half of nothing, ${ROUNDS} rounds`,
    { timeout: 600_000 },
    async () => {
      let lost = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const schema = `crash_${round}`;
        const { here, store } = world(schema);
        await store.prepare([]);
        const stop = new AbortController();
        const running = here.apply({}, { stop: stop.signal });
        await until(() => here.events.some(({ type }) => type === 'step.started'), {
          what: 'a first migration',
        });
        await delay(random() * 200);
        await server.die('crash');
        stop.abort();
        const { steps } = await running;
        await store.close();
        await server.revive();
        const found = new Map(
          (await query<{ id: string; effects: number }>(FOUND, [schema])).map(({ id, effects }) => [
            id,
            effects,
          ]),
        );
        const told = steps
          .filter(({ outcome }) => outcome === 'applied')
          .map(({ migrationId }) => migrationId);
        expect(told.filter((id) => !found.has(id))).toEqual([]);
        expect([...found.values()].filter((effects) => effects !== 1)).toEqual([]);
        const unstarted = steps.filter(({ outcome }) => outcome === 'not_started');
        expect(unstarted.filter(({ migrationId }) => found.has(migrationId))).toEqual([]);
        lost += steps.filter(
          ({ outcome, migrationId }) => outcome === 'needs_attention' && !found.has(migrationId),
        ).length;
        const again = world(schema);
        expect((await again.here.apply()).summary.applied).toBe(MIGRATIONS - found.size);
        await again.store.close();
      }
      console.log(`${ROUNDS} rounds, ${lost} migrations lost with their ledger rows, none of them told of`);
      expect(lost).toBeGreaterThan(0);
    },
  );
});

function effectOf(version: string, index: number): string {
  return `INSERT INTO public.effect (name) VALUES ('${version}_m${index}_postgresql_app')`;
}

/** Some migrations would rather not wait for the disk either. */
function careless(index: number): string[] {
  return index % 3 === 0 ? ['SET LOCAL synchronous_commit = off', 'SET synchronous_commit = off'] : [];
}
