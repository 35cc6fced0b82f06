import { status } from '@grpc/grpc-js';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { readAll, refusalOf, useClient } from '../grpc/support/use-client.ts';
import { idOf, table } from './support/trees.ts';
import { type Api, useApi } from './support/use-api.ts';

const USERS = idOf(1, 'users');
const NOTES = idOf(2, 'notes');
const UP = { target: {}, connection: 'core' };
const WIRES = ['HTTP', 'gRPC'] as const;
type Wire = (typeof WIRES)[number];

/** What either wire says of an up: the lists, wherever it puts them. */
async function up(api: Api, wire: Wire, schema = ''): Promise<Readonly<Record<string, unknown>>> {
  if (wire === 'HTTP') {
    const schemas = schema === '' ? [] : [schema];
    return (await api.call('POST', '/migrations/up', { ...UP, schemas })).body;
  }
  return api.grpc.call('Migrate', { ...UP, schema });
}

async function rollBack(api: Api, wire: Wire, id: string): Promise<Readonly<Record<string, unknown>>> {
  return wire === 'HTTP'
    ? (await api.call('POST', `/migrations/${id}/rollback`)).body
    : api.grpc.call('RollbackMigration', { migration_id: id });
}

async function statusOf(api: Api, wire: Wire, id: string): Promise<Readonly<Record<string, unknown>>> {
  return wire === 'HTTP'
    ? (await api.call('GET', `/migrations/${id}/status`)).body
    : api.grpc.call('GetMigrationStatus', { migration_id: id });
}

describe.each(WIRES)('none of the failures of the existing server, over %s', (wire) => {
  it('rollback leaves applied', async () => {
    const api = await useApi(table(1, 'users', { schema: 'shop' }));
    await up(api, wire);
    expect(await rollBack(api, wire, USERS)).toMatchObject({ success: true });
    expect(await statusOf(api, wire, USERS)).toMatchObject({ status: 'rolled_back', applied: false });
    const { body } = await api.call('GET', '/migrations');
    expect(body).toMatchObject({ items: [{ status: 'rolled_back', applied: false }] });
    const { body: executions } = await api.call('GET', `/migrations/${USERS}/executions`);
    expect(executions).toMatchObject({ executions: [{ status: 'rolled_back', applied: false }] });
    expect(await up(api, wire)).toMatchObject({ success: true, applied: [USERS] });
    expect(await statusOf(api, wire, USERS)).toMatchObject({ status: 'applied', applied: true });
  });

  it('schema with underscore re-runs', async () => {
    const api = await useApi(table(2, 'notes'));
    expect(await up(api, wire, 'cli_42')).toMatchObject({ applied: [`cli_42_${NOTES}`] });
    expect(await up(api, wire, 'cli_42')).toMatchObject({
      success: true,
      applied: [],
      skipped: [`cli_42_${NOTES}`],
    });
    expect(await up(api, wire, 'cli')).toMatchObject({ applied: [`cli_${NOTES}`] });
  });

  it('two concurrent up hang or hit the wrong database', async () => {
    const api = await useApi(
      {
        ...table(1, 'users', { schema: 'shop' }),
        ...table(2, 'logs', { schema: 'other', connection: 'guard' }),
      },
      { connections: ['core', 'guard'] },
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => up(api, wire)));
    const applied = answers.flatMap((answer) => answer['applied'] as string[]);
    expect(applied.sort()).toEqual([USERS, idOf(2, 'logs', 'guard')]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ success: true, errors: [] });
      expect((answer['applied'] as string[]).length + (answer['skipped'] as string[]).length).toBe(2);
    }
    const rows = await api.db.query(
      `SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN ('users', 'logs') ORDER BY 1`,
    );
    expect(rows).toEqual([
      { table_schema: 'other', table_name: 'logs' },
      { table_schema: 'shop', table_name: 'users' },
    ]);
  });

  it('client abort leaves pending for ever', async () => {
    const api = await useApi(table(1, 'users', { schema: 'shop' }));
    const release = api.holdWorkers();
    if (wire === 'HTTP') {
      const gone = new AbortController();
      const call = api.call('POST', '/migrations/up', UP, { signal: gone.signal });
      await until(async () => (await runsOf(api)).length === 1, { what: 'the run' });
      gone.abort();
      await expect(call).rejects.toThrow();
    } else {
      const call = api.grpc.begin('Migrate', UP);
      await until(async () => (await runsOf(api)).length === 1, { what: 'the run' });
      call.cancel();
    }
    release();
    await until(async () => (await runsOf(api))[0] === 'succeeded', { what: 'the end of the run' });
    expect(await statusOf(api, wire, USERS)).toMatchObject({ status: 'applied', applied: true });
  });

  it('requires-table ignored', async () => {
    const api = await useApi(
      table(1, 'users', { schema: 'shop', head: '-- bfm: requires-table=shop.missing' }),
    );
    const said = await refused(api, wire);
    expect(said).toContain('dependency validation failed: ');
    expect(said).toContain('shop.missing');
    expect(await statusOf(api, wire, USERS)).toMatchObject({ status: 'pending', applied: false });
  });

  it('dependents run after a failure', async () => {
    const api = await useApi({
      ...table(1, 'users', { schema: 'shop', up: 'SELECT 1/0;' }),
      ...table(2, 'notes', { schema: 'shop', head: '-- bfm: depends-on=core/users' }),
    });
    const said = await refused(api, wire);
    expect(said).toContain(`${USERS}: failed to execute migration: `);
    expect(await statusOf(api, wire, USERS)).toMatchObject({ status: 'failed', applied: false });
    expect(await statusOf(api, wire, NOTES)).toMatchObject({ status: 'pending', applied: false });
    expect(await api.db.query(`SELECT to_regclass('shop.notes') AS found`)).toEqual([{ found: null }]);
  });

  it('up without target 500', async () => {
    const api = await useApi({});
    if (wire === 'HTTP') {
      const { status: code, body } = await api.call('POST', '/migrations/up', { connection: 'core' });
      expect([code, body]).toEqual([400, { error: 'request and target are required' }]);
    } else {
      const error = await refusalOf(api.grpc.call('Migrate', { connection: 'core' }));
      expect([error.code, error.details]).toEqual([
        status.INVALID_ARGUMENT,
        'request and target are required',
      ]);
    }
  });

  it('_rollback in a name re-runs', async () => {
    const id = idOf(1, 'add_rollback_log');
    const api = await useApi(table(1, 'add_rollback_log', { schema: 'shop' }));
    expect(await up(api, wire)).toMatchObject({ applied: [id] });
    expect(await up(api, wire)).toMatchObject({ applied: [], skipped: [id] });
    expect(await statusOf(api, wire, id)).toMatchObject({ status: 'applied', applied: true });
  });
});

it('second server with another sfm folder wipes history: reindex over other files forgets nothing', async () => {
  const { call, put, remove } = await useApi(table(1, 'users', { schema: 'shop' }));
  await call('POST', '/migrations/up', UP);
  await put(table(9, 'strange', { schema: 'shop' }));
  for (const way of ['up', 'down']) await remove(`postgresql/core/20250101000001_users.${way}.sql`);
  expect((await call('POST', '/migrations/reindex')).body).toMatchObject({ removed: [USERS] });
  expect((await call('GET', `/migrations/${USERS}/history`)).body['history']).toHaveLength(2);
  expect((await call('GET', `/migrations/${USERS}/applied`)).body).toEqual({ applied: true });
  await put(table(1, 'users', { schema: 'shop' }));
  expect((await call('POST', '/migrations/reindex')).body).toMatchObject({ added: [USERS] });
  expect((await call('POST', '/migrations/up', UP)).body).toMatchObject({ skipped: [USERS] });
});

it('gRPC without authentication', async () => {
  const { grpcPort } = await useApi({});
  const { call, stream } = useClient(grpcPort, { token: null });
  expect((await refusalOf(call('Migrate', UP))).code).toBe(status.UNAUTHENTICATED);
  expect((await readAll(stream(UP))).error?.code).toBe(status.UNAUTHENTICATED);
  expect(await call('Health')).toMatchObject({ status: 'healthy', checks: { executor: 'ok' } });
});

it('a viewer may look and change nothing, over both wires', async () => {
  const { call, grpcPort } = await useApi(table(1, 'users', { schema: 'shop' }));
  const headers = { authorization: 'Bearer viewer-token' };
  expect((await call('GET', '/migrations', undefined, { headers })).status).toBe(200);
  expect((await call('POST', '/migrations/up', UP, { headers })).status).toBe(403);
  const viewer = useClient(grpcPort, { token: 'viewer-token' });
  expect(await viewer.call('ListMigrations')).toMatchObject({ total: 1 });
  expect((await refusalOf(viewer.call('Migrate', UP))).code).toBe(status.PERMISSION_DENIED);
});

async function runsOf({ state }: Api): Promise<readonly string[]> {
  const filter = { status: null, actor: null, method: null };
  const { items } = await state.read(({ runs }) => runs.list(filter, { limit: 10, after: null }));
  return items.map((run) => run.status);
}

/** What a failed up says: HTTP answers 206 with a list, gRPC ends with INTERNAL. */
async function refused(api: Api, wire: Wire): Promise<string> {
  if (wire === 'HTTP') {
    const { status: code, body } = await api.call('POST', '/migrations/up', UP);
    expect([code, body['success']]).toEqual([206, false]);
    return (body['errors'] as string[]).join('\n');
  }
  const error = await refusalOf(api.grpc.call('Migrate', UP));
  expect(error.code).toBe(status.INTERNAL);
  return error.details;
}
