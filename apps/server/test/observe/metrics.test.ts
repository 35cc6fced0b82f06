import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@bfm/testing';
import pg from 'pg';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/metrics/definitions.ts';
import { table } from '../api/support/trees.ts';
import { useClient } from '../grpc/support/use-client.ts';
import { ADMIN_TOKEN, useServer, useWorker } from './support/use-server.ts';

const DASHBOARD = join(import.meta.dirname, '../../../../docs/grafana/bfm.json');
const TREE = {
  ...table(1, 'orders'),
  ...table(2, 'broken', { up: 'SELECT no_such_function();' }),
  ...table(3, 'never', { head: '-- bfm: depends-on=core/broken' }),
  ...table(1, 'elsewhere', { connection: 'guard' }),
};

/** Of all series that begin so. */
function sumOf(lines: readonly string[], series: string): number {
  const found = lines.filter((line) => line.startsWith(series));
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('a server tells every metric of the definitions, and every one that the dashboard asks for', async () => {
  const server = await useServer({ tree: TREE, connections: ['core', 'guard'] });
  const { client, ...grpc } = useClient(server.grpcPort, { token: ADMIN_TOKEN });
  await grpc.call('ListMigrations');
  await expect(useClient(server.grpcPort, { token: 'wrong' }).call('ListMigrations')).rejects.toThrow();
  await server.run({ connections: ['core'], schemas: ['tenant_a', 'tenant_b'] });
  const lines = await server.metrics();
  client.close();

  const told = new Set(lines.flatMap((line) => /^# TYPE (\S+) /.exec(line)?.[1] ?? []));
  const missing = Object.values(METRICS).filter(({ name }) => !told.has(name));
  expect(missing).toEqual([]);
  const own = [...told].filter((name) => name.startsWith('bfm_'));
  expect(own).toHaveLength(Object.keys(METRICS).length);

  const dashboard = readFileSync(DASHBOARD, 'utf8');
  const asked = new Set(dashboard.match(/\b(?:bfm|process|nodejs)_[a-z0-9_]+/g));
  const bases = [...asked].map((name) => name.replace(/_bucket$/, ''));
  expect(bases.filter((name) => !told.has(name))).toEqual([]);
  const unasked = Object.values(METRICS).filter(({ name }) => !bases.includes(name));
  expect(unasked).toEqual([]);
});

test('what was done is counted by backend, connection and outcome, and nothing is called after a tenant', async () => {
  const server = await useServer({ tree: TREE, connections: ['core', 'guard'] });
  const run = await server.run({ connections: ['core'], schemas: ['tenant_a', 'tenant_b'] });
  expect(run['status']).toBe('failed');
  const lines = await server.metrics();

  const migrations = 'bfm_migrations_total{backend="postgresql",connection="core",direction="up",outcome=';
  expect(sumOf(lines, `${migrations}"applied"}`)).toBe(2);
  expect(sumOf(lines, `${migrations}"failed"}`)).toBe(2);
  expect(sumOf(lines, `${migrations}"not_started"}`)).toBe(2);
  const seconds = 'bfm_migration_duration_seconds_count{backend="postgresql",connection="core"}';
  expect(sumOf(lines, seconds)).toBe(4);
  expect(sumOf(lines, 'bfm_runs_total{status="failed",direction="up",method="http"}')).toBe(1);
  expect(sumOf(lines, 'bfm_run_wait_seconds_count')).toBe(1);
  for (const gauge of ['bfm_runs_in_flight', 'bfm_targets_in_flight', 'bfm_migrations_in_flight']) {
    expect(sumOf(lines, gauge)).toBe(0);
  }
  // Both connections lead to one database.
  expect(sumOf(lines, 'bfm_pool_connections_max{pool="core,guard"}')).toBe(4);
  expect(sumOf(lines, 'bfm_pool_checkouts_total{pool="core,guard"}')).toBeGreaterThan(0);
  expect(sumOf(lines, 'bfm_pool_connections_max{pool="bfm_state_work"}')).toBeGreaterThan(0);
  expect(sumOf(lines, 'bfm_up{check="connection core"}')).toBe(1);
  expect(sumOf(lines, 'bfm_catalog_migrations')).toBe(4);
  expect(lines.filter((line) => /tenant_|orders|broken/.test(line))).toEqual([]);
});

test('names, paths and methods that do not exist make no more series, however many there are', async () => {
  const server = await useServer({ tree: TREE });
  const ask = async (number: number): Promise<void> => {
    await server.fetch(`/api/v1/runs/00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
    await server.fetch(`/nowhere/${number}`);
    await server.fetch('/api/v1/runs', { headers: { authorization: `Bearer wrong${number}` } });
  };
  await ask(0);
  await server.metrics();
  const before = (await server.metrics()).length;
  for (let number = 1; number <= 40; number += 1) await ask(number);
  expect(await server.metrics()).toHaveLength(before);
});

test('whoever waits for a target that others hold is counted, and for how long', async () => {
  const up = 'SELECT pg_advisory_xact_lock(4711);';
  const server = await useServer({ tree: table(1, 'slow', { up, down: null }) });
  const holder = new pg.Client({ connectionString: server.databaseUrl });
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(4711)');
  const order = { connections: ['core'], schemas: ['tenant_a'] };
  const first = server.run(order);
  await until(async () => sumOf(await server.metrics(), 'bfm_migrations_in_flight{') === 1, {
    what: 'the first run to be at it',
  });
  const second = server.run(order);
  const waiting = 'bfm_targets_waiting{connection="core"}';
  await until(async () => sumOf(await server.metrics(), waiting) === 1, { what: 'the second run to wait' });
  expect(sumOf(await server.metrics(), 'bfm_runs_in_flight')).toBe(2);
  await holder.end();
  const runs = await Promise.all([first, second]);
  expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);

  const lines = await server.metrics();
  expect(sumOf(lines, waiting)).toBe(0);
  expect(sumOf(lines, 'bfm_lock_waits_total{connection="core"}')).toBe(1);
  expect(sumOf(lines, 'bfm_lock_wait_seconds_count{connection="core"}')).toBe(1);
});

test('a worker tells what it did where it is told to, and answers nothing else', async () => {
  const front = await useServer({ tree: TREE, environment: { BFM_SERVER_WORKER: 'false' } });
  const worker = await useWorker({
    tree: TREE,
    databaseUrl: front.databaseUrl,
    environment: { BFM_WORKER_HTTP_PORT: '0' },
  });
  expect((await front.run({ connections: ['core'], schemas: ['tenant_a'] }))['status']).toBe('failed');
  const applied =
    'bfm_migrations_total{backend="postgresql",connection="core",direction="up",outcome="applied"}';
  expect(sumOf(await worker.metrics(), applied)).toBe(1);
  expect(sumOf(await front.metrics(), applied)).toBe(0);
  const statuses = await Promise.all(
    ['/livez', '/readyz', '/health', '/api/v1/runs', '/api/v1/migrations'].map(
      async (path) => (await worker.fetch(path)).status,
    ),
  );
  expect(statuses).toEqual([200, 200, 200, 404, 404]);
});
