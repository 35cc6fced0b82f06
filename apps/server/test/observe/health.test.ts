import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TcpFaultProxy, until } from '@bfm/testing';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { idOf, table } from '../api/support/trees.ts';
import { ADMIN_TOKEN, useServer, type WholeServer } from './support/use-server.ts';

interface HealthBody {
  readonly status: string;
  readonly checks: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

const WITH_TOKEN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const OK = { executor: 'ok', state: 'ok', 'connection core': 'ok', migrations: 'ok' };

async function healthOf(server: WholeServer, headers: Record<string, string> = {}): Promise<HealthBody> {
  return (await (await fetch(`${server.url}/health`, { headers })).json()) as HealthBody;
}

test('a database that goes away or does not answer is told, and that it is back; the server stays healthy', async () => {
  const first = await useServer({ tree: table(1, 'orders') });
  const proxy = await TcpFaultProxy.before(first.databaseUrl);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const server = await useServer({
    tree: table(1, 'orders'),
    databaseUrl: first.databaseUrl,
    environment: { GUARD_BACKEND: 'postgresql', GUARD_URL: proxy.url(first.databaseUrl) },
  });
  const ok = { ...OK, 'connection guard': 'ok' };
  const untilToldAs = async (word: string): Promise<void> => {
    const expected = { status: 'healthy', checks: { ...ok, 'connection guard': word } };
    const said = await until(
      async () => {
        const now = await healthOf(server);
        return now.checks['connection guard'] === word ? now : null;
      },
      { what: `the health to tell: ${word}` },
    );
    expect(said).toEqual(expected);
  };
  await untilToldAs('ok');
  proxy.refuse();
  proxy.drop();
  await untilToldAs('The store cannot be reached.');
  proxy.heal();
  await untilToldAs('ok');
  proxy.blackhole();
  await untilToldAs('slow');
  await untilToldAs('The store cannot be reached.');
  const lines = await server.metrics();
  expect(lines).toContain('bfm_up{check="connection guard"} 0');
  expect(lines).toContain('bfm_up{check="connection core"} 1');
  proxy.heal();
});

test('runs that use every connection hold up no look at the health', async () => {
  const up = 'SELECT pg_advisory_xact_lock(4711);';
  const server = await useServer({
    tree: table(1, 'slow', { up, down: null }),
    environment: { CORE_MAX_CONNECTIONS: '2' },
  });
  const holder = new pg.Client({ connectionString: server.databaseUrl });
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(4711)');
  const run = server.run({ connections: ['core'], schemas: ['tenant_a', 'tenant_b', 'tenant_c'] });
  const isFull = 'bfm_pool_connections{pool="core",state="busy"} 2';
  await until(async () => (await server.metrics()).includes(isFull), {
    what: 'all connections to be in use',
  });
  const began = performance.now();
  expect(await healthOf(server)).toEqual({ status: 'healthy', checks: OK });
  expect(performance.now() - began).toBeLessThan(1_500);
  await holder.end();
  expect((await run)['status']).toBe('succeeded');
});

test('faulty files are counted for everybody, and named to those who may read', async () => {
  const needs = { head: '-- bfm: depends-on=core/orders' };
  const server = await useServer({ tree: { ...table(1, 'orders'), ...table(2, 'items', needs) } });
  expect((await healthOf(server, WITH_TOKEN)).details).toMatchObject({
    migrations: 2,
    faults: [],
    quarantined: [],
  });
  const file = join(server.sfm, `postgresql/core/${idOf(1, 'orders').slice(0, 14)}_orders.up.sql`);
  await rm(file);
  await writeFile(file, '-- bfm: transacton=none\nSELECT 1;\n');
  const said = await until(
    async () => {
      const now = await healthOf(server);
      return now.checks['migrations'] === 'ok' ? null : now;
    },
    { what: 'the fault to be found' },
  );
  expect(said).toEqual({
    status: 'healthy',
    checks: { ...OK, migrations: 'faults in files: 1, migrations left out: 2' },
  });
  const { details } = await healthOf(server, WITH_TOKEN);
  expect(details).toMatchObject({
    migrations: 0,
    faults: [{ file: 'postgresql/core/20250101000001_orders.up.sql', line: 1 }],
    quarantined: [
      { migration_id: idOf(1, 'orders'), blocked_by: null },
      { migration_id: idOf(2, 'items'), blocked_by: idOf(1, 'orders') },
    ],
  });
  expect(JSON.stringify(details)).not.toContain(server.sfm);
  for (const authorization of ['Bearer wrong', 'Bearer', 'Basic YTpi', '']) {
    expect(await healthOf(server, { authorization })).not.toHaveProperty('details');
  }
});
