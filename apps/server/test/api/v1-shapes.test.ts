import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { idOf, table, versionOf } from './support/trees.ts';
import { type Api, useApi } from './support/use-api.ts';

const USERS = idOf(1, 'users');
const NOTES = idOf(2, 'notes');
const TREE = {
  ...table(1, 'users', { schema: 'shop', head: '-- bfm: tags=team=billing, tier=critical' }),
  ...table(2, 'notes', { head: '-- bfm: depends-on=core/users' }),
};
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
const UP = { target: {}, connection: 'core' };

/** Whether an answer is as its route says. */
function expectDescribed(
  { http }: Api,
  route: `${'GET' | 'POST'} ${string}`,
  answer: { readonly status: number; readonly body: unknown },
): void {
  const [method = '', path = ''] = route.split(' ');
  const found = http.routes.find(
    (each) => each.method === method && each.path === `/api/v1/migrations${path}`,
  );
  const schema = found?.schemas.answers?.[String(answer.status)];
  if (schema === undefined) throw new Error(`${route} does not describe ${answer.status}`);
  const check = new Ajv2020({ strict: false }).compile({ ...schema });
  expect(check(answer.body), JSON.stringify([check.errors, answer.body])).toBe(true);
}

describe('POST /migrations/up', () => {
  it('applies, and skips the second time; dry run says so; each in lists', async () => {
    const api = await useApi(TREE);
    const { call } = api;
    const asked = { ...UP, schemas: ['cli_1', 'cli_2'] };
    const preview = await call('POST', '/migrations/up', { ...asked, dry_run: true });
    expect(preview).toEqual({
      status: 200,
      body: {
        success: true,
        applied: [`cli_1_${NOTES} (dry-run)`, `cli_2_${NOTES} (dry-run)`, `${USERS} (dry-run)`],
        skipped: [],
        errors: [],
      },
    });
    const first = await call('POST', '/migrations/up', asked);
    const applied = [`cli_1_${NOTES}`, `cli_2_${NOTES}`, USERS];
    expect(first).toEqual({ status: 200, body: { success: true, applied, skipped: [], errors: [] } });
    expectDescribed(api, 'POST /up', first);
    const second = await call('POST', '/migrations/up', asked);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ success: true, applied: [], errors: [] });
    expect(new Set(second.body['skipped'] as string[])).toEqual(new Set(applied));
  });

  it('tells of a failure with 206 and the same body, and says why', async () => {
    const { call } = await useApi({ ...table(1, 'users', { schema: 'shop', up: 'SELECT 1/0;' }) });
    const { status, body } = await call('POST', '/migrations/up', UP);
    expect(status).toBe(206);
    expect(body).toMatchObject({ success: false, applied: [], skipped: [] });
    expect(body['errors']).toEqual([
      expect.stringMatching(new RegExp(`^${USERS}: failed to execute migration: .*division by zero`)),
    ]);
  });

  it.each([
    ['{', 400, /JSON/],
    [
      { target: {} },
      400,
      /^Key: 'MigrateUpRequest.Connection' Error:Field validation for 'Connection' failed on the 'required' tag$/,
    ],
    [{ target: {}, connection: 1 }, 400, /connection/],
    [{ target: { tags: ['x'] }, connection: 'core' }, 400, /^tags\[0\]: tag must be key=value$/],
    [{ connection: 'core' }, 400, /target/],
    [{ target: {}, connection: 'core', schemas: ['pg_x'] }, 400, /pg_x/],
  ])('%j: %i', async (body, status, error) => {
    const { call } = await useApi({});
    const answer = await call('POST', '/migrations/up', body);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toMatch(error);
  });

  it('selects by connection, version, schema and tags; what matches nothing is a success with empty lists', async () => {
    const { call } = await useApi(TREE);
    const appliedBy = async (target: object, connection = 'core'): Promise<unknown> => {
      const asked = { target, connection, schemas: ['t1'], dry_run: true, ignore_dependencies: true };
      const { status, body } = await call('POST', '/migrations/up', asked);
      expect([status, body['errors']]).toEqual([200, []]);
      return body['applied'];
    };
    expect(await appliedBy({ version: versionOf(1) })).toEqual([`${USERS} (dry-run)`]);
    expect(await appliedBy({ tags: ['team=billing', 'tier=critical'] })).toEqual([`${USERS} (dry-run)`]);
    expect(await appliedBy({ tags: ['team=billing', 'tier=low'] })).toEqual([]);
    expect(await appliedBy({ schema: 'shop' })).toEqual([`${USERS} (dry-run)`]);
    expect(await appliedBy({ schema: 't1' })).toEqual([`t1_${NOTES} (dry-run)`]);
    expect(await appliedBy({ backend: 'etcd' })).toEqual([]);
    expect(await appliedBy({ connection: 'nobody' }, 'nobody')).toEqual([]);
  });

  it('names a connection that is not configured, and a dynamic migration without a schema', async () => {
    const { call } = await useApi(TREE);
    expect(
      await call('POST', '/migrations/up', { target: {}, connection: 'x', schemas: ['s'] }),
    ).toMatchObject({
      status: 206,
      body: { errors: ['schema s: failed to get connection config: connection x not found'] },
    });
    expect(await call('POST', '/migrations/up', UP)).toEqual({
      status: 206,
      body: {
        success: false,
        applied: [USERS],
        skipped: [],
        errors: [`migration ${versionOf(2)}_notes has dynamic schema but no schema provided in request`],
      },
    });
  });
});

describe('POST /migrations/down and /migrations/{id}/rollback', () => {
  it('roll back once; then there is nothing to roll back; dry run only says so', async () => {
    const api = await useApi(TREE);
    const { call } = api;
    await call('POST', '/migrations/up', { ...UP, schemas: ['t'] });
    const down = { migration_id: NOTES, schemas: ['t'] };
    expect(await call('POST', '/migrations/down', { ...down, dry_run: true })).toMatchObject({
      status: 200,
      body: { applied: [`t_${NOTES} (dry-run)`] },
    });
    const done = await call('POST', '/migrations/down', down);
    expect(done).toEqual({
      status: 200,
      body: { success: true, applied: [`t_${NOTES}`], skipped: [], errors: [] },
    });
    expectDescribed(api, 'POST /down', done);
    expect(await call('POST', '/migrations/down', down)).toMatchObject({
      status: 200,
      body: { success: true, applied: [], skipped: [`t_${NOTES} (not applied)`] },
    });
    const rollback = await call('POST', `/migrations/${USERS}/rollback`, 'no json {');
    expect(rollback).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'rollback completed successfully',
        applied: [USERS],
        skipped: [],
        errors: [],
      },
    });
    const again = await call('POST', `/migrations/${USERS}/rollback`);
    expect(again).toEqual({
      status: 400,
      body: {
        success: false,
        message: 'migration is not applied',
        applied: [],
        skipped: [`${USERS} (not applied)`],
        errors: [],
        error: 'no migrations to rollback',
      },
    });
    expectDescribed(api, 'POST /:id/rollback', again);
  });

  it('a migration without a down, dependents that stay, and an id that names nothing', async () => {
    const { call } = await useApi({
      ...table(1, 'users', { schema: 'shop' }),
      ...table(2, 'notes', { schema: 'shop', head: '-- bfm: depends-on=core/users', down: null }),
    });
    await call('POST', '/migrations/up', UP);
    expect(await call('POST', '/migrations/down', { migration_id: NOTES })).toMatchObject({
      status: 206,
      body: { success: false, errors: ['schema shop: migration does not have rollback SQL'] },
    });
    expect(await call('POST', `/migrations/${USERS}/rollback`)).toMatchObject({
      status: 200,
      body: {
        success: false,
        message: 'rollback failed',
        errors: [expect.stringContaining('rollback.dependents')],
      },
    });
    expect(await call('POST', '/migrations/down', { migration_id: 'x' })).toEqual({
      status: 404,
      body: { error: 'migration not found: x' },
    });
    expect(await call('POST', '/migrations/x/rollback')).toEqual({
      status: 404,
      body: { error: 'migration not found' },
    });
    expect((await call('POST', '/migrations/down', {})).body['error']).toContain(
      'MigrateDownRequest.MigrationID',
    );
  });
});

describe('POST /migrations/order-batch', () => {
  it('puts exactly the ids that were sent in order; none is null', async () => {
    const { call } = await useApi(TREE);
    const order = (migration_ids: readonly string[], connection = 'core') =>
      call('POST', '/migrations/order-batch', { migration_ids, connection });
    expect(await order([`t_${NOTES}`, USERS])).toEqual({
      status: 200,
      body: { ordered_migration_ids: [USERS, `t_${NOTES}`] },
    });
    expect(await order([])).toEqual({ status: 200, body: { ordered_migration_ids: null } });
    expect((await order(['x'])).status).toBe(400);
    expect((await order([USERS], 'guard')).status).toBe(400);
    expect((await call('POST', '/migrations/order-batch', { migration_ids: [] })).status).toBe(400);
  });
});

describe('what was done', () => {
  it('stands in list, detail, status, applied, history, executions and skipped', async () => {
    const api = await useApi(TREE);
    const { call } = api;
    const read = async (path: string, pattern: string): Promise<Readonly<Record<string, unknown>>> => {
      const answer = await call('GET', `/migrations${path}`);
      expect(answer.status).toBe(200);
      expectDescribed(api, `GET ${pattern}`, answer);
      return answer.body;
    };
    await call('POST', '/migrations/up', { ...UP, schemas: ['t1', 't2'] });
    await call('POST', '/migrations/up', { ...UP, schemas: ['t1'] });
    const place = { version: versionOf(1), connection: 'core', backend: 'postgresql' };
    const users = { migration_id: USERS, schema: 'shop', table: '', ...place, name: 'users', applied: true };
    const tags = ['team=billing', 'tier=critical'];
    const list = await read('', '');
    expect(list).toEqual({
      items: [
        { ...users, status: 'applied', applied_at: AT, tags },
        {
          migration_id: NOTES,
          schema: '',
          table: '',
          ...place,
          version: versionOf(2),
          name: 'notes',
          applied: true,
          status: 'applied',
          applied_at: AT,
        },
      ],
      total: 2,
    });
    expect((await read('?schema=shop', ''))['total']).toBe(1);
    expect(await read('?schema=t1&status=applied', '')).toMatchObject({
      items: [{ migration_id: NOTES, schema: 't1' }],
    });
    expect(
      (await read(`?version=${versionOf(2)}&connection=core&backend=postgresql&table=x`, ''))['total'],
    ).toBe(1);
    expect((await read('?status=pending', ''))['total']).toBe(0);
    const up_sql = expect.stringContaining('CREATE TABLE users') as string;
    expect(await read(`/${USERS}`, '/:id')).toEqual({
      ...users,
      up_sql,
      down_sql: 'DROP TABLE users;\n',
      tags,
      drift: [],
    });
    expect(await read(`/${NOTES}`, '/:id')).toMatchObject({
      dependencies: [USERS],
      structured_dependencies: [{ connection: 'core', schema: 'shop', target: 'users', target_type: 'name' }],
    });
    expect(await read(`/${USERS}/status`, '/:id/status')).toEqual({
      migration_id: USERS,
      status: 'applied',
      applied: true,
      applied_at: AT,
    });
    expect(await read(`/${NOTES}/status`, '/:id/status')).toMatchObject({
      targets: { applied: 2, failed: 0, pending: 0, rolled_back: 0 },
    });
    expect(await read(`/t1_${NOTES}/applied`, '/:id/applied')).toEqual({ applied: true });
    const executor = {
      executed_by: 'api_user',
      execution_method: 'api',
      execution_context: expect.stringContaining(
        '"connection_type":"http","endpoint":"/api/v1/migrations/up","method":"POST"',
      ) as string,
    };
    const happened = {
      migration_id: USERS,
      schema: 'shop',
      table: '',
      ...place,
      applied_at: AT,
      error_message: '',
      ...executor,
    };
    expect(await read(`/${USERS}/history`, '/:id/history')).toEqual({
      migration_id: USERS,
      history: [
        { ...happened, status: 'applied' },
        { ...happened, status: 'pending' },
      ],
    });
    expect(await read(`/t1_${NOTES}/executions`, '/:id/executions')).toEqual({
      migration_id: `t1_${NOTES}`,
      executions: [
        {
          id: expect.any(String) as string,
          migration_id: NOTES,
          schema: 't1',
          ...place,
          version: versionOf(2),
          status: 'applied',
          applied: true,
          applied_at: AT,
          created_at: AT,
          updated_at: AT,
        },
      ],
    });
    expect((await read('/executions/recent', '/executions/recent'))['executions']).toHaveLength(3);
    expect((await read('/executions/recent?limit=2', '/executions/recent'))['executions']).toHaveLength(2);
    expect((await read('/executions/recent?limit=-1', '/executions/recent'))['executions']).toHaveLength(3);
    expect(await read(`/${NOTES}/skipped`, '/:id/skipped')).toEqual({
      migration_id: NOTES,
      skipped: [
        {
          id: expect.any(Number) as number,
          migration_id: NOTES,
          schema: 't1',
          ...place,
          version: versionOf(2),
          ...executor,
          skipped_at: AT,
          created_at: AT,
        },
      ],
    });
    expect((await read('/skipped/recent', '/skipped/recent'))['skipped']).toHaveLength(2);
  });

  it('of what nobody knows: 404 on detail and history, nothing on the others', async () => {
    const { call } = await useApi(TREE);
    const bodyOf = async (path: string): Promise<unknown> => {
      const { status, body } = await call('GET', `/migrations/x${path}`);
      return [status, body];
    };
    expect(await bodyOf('')).toEqual([404, { error: 'migration not found' }]);
    expect(await bodyOf('/history')).toEqual([404, { error: 'migration not found' }]);
    expect(await bodyOf('/status')).toEqual([200, { migration_id: 'x', status: 'pending', applied: false }]);
    expect(await bodyOf('/applied')).toEqual([200, { applied: false }]);
    expect(await bodyOf('/executions')).toEqual([200, { migration_id: 'x', executions: [] }]);
    expect(await bodyOf('/skipped')).toEqual([200, { migration_id: 'x', skipped: [] }]);
  });
});

it('an id may be written in every form that was ever used', async () => {
  const { call } = await useApi(TREE);
  await call('POST', '/migrations/up', { ...UP, schemas: ['cli_42'] });
  const short = `${versionOf(2)}_notes`;
  for (const id of [NOTES, `cli_42_${NOTES}`, short, `core_${short}`, `cli_42_core_${short}`]) {
    const { body } = await call('GET', `/migrations/${encodeURIComponent(id)}/status`);
    expect(body).toMatchObject({ migration_id: id, status: 'applied', applied: true });
  }
  expect((await call('GET', `/migrations/other_${NOTES}/status`)).body).toMatchObject({ status: 'pending' });
});

describe('POST /migrations/reindex', () => {
  it('tells what is new and what is gone, forgets nothing, and goes on with what is there', async () => {
    const api = await useApi(TREE);
    const { call, put, remove } = api;
    await call('POST', '/migrations/up', UP);
    await put(table(3, 'more', { schema: 'shop' }));
    await remove(`postgresql/core/${versionOf(1)}_users.up.sql`);
    await remove(`postgresql/core/${versionOf(1)}_users.down.sql`);
    await remove(`postgresql/core/${versionOf(2)}_notes.up.sql`);
    await remove(`postgresql/core/${versionOf(2)}_notes.down.sql`);
    const answer = await call('POST', '/migrations/reindex');
    expect(answer).toEqual({
      status: 200,
      body: { added: [idOf(3, 'more')], removed: [USERS, NOTES], updated: [], total: 1 },
    });
    expectDescribed(api, 'POST /reindex', answer);
    const { body: detail } = await call('GET', `/migrations/${USERS}`);
    expect(detail).toMatchObject({
      applied: true,
      up_sql: expect.stringContaining('CREATE TABLE users') as string,
    });
    expect((await call('GET', `/migrations/${USERS}/history`)).body['history']).toHaveLength(2);
    const { body: list } = await call('GET', '/migrations');
    expect((list['items'] as { migration_id: string }[]).map((item) => item.migration_id)).toEqual([
      USERS,
      idOf(3, 'more'),
    ]);
    expect(await call('POST', `/migrations/${USERS}/rollback`)).toMatchObject({
      status: 200,
      body: { success: false, errors: [expect.stringContaining('drift.missing')] },
    });
  });
});
