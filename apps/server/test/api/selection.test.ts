import { expect, it } from 'vitest';
import { idOf, table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

type Body = Readonly<Record<string, unknown>>;

const USERS = idOf(1, 'users');
const NOTES = idOf(2, 'notes');
const TREE = { ...table(1, 'users'), ...table(2, 'notes') };

it('lists the migrations in force, page by page, each with its place', async () => {
  const api = await useApi(TREE);
  const first = await api.call('GET', '/catalog?limit=1');
  expect(first).toMatchObject({
    status: 200,
    body: { items: [{ migration_id: USERS, order: 0, schema: null, irreversible: false }], next: USERS },
  });
  const second = await api.call('GET', `/catalog?limit=1&after=${USERS}`);
  expect(second.body).toMatchObject({ items: [{ migration_id: NOTES, order: 1 }], next: null });
});

it('plans as groups, which say once what targets have in common', async () => {
  const api = await useApi(TREE);
  const order = { schemas: ['acme', 'globex'] };
  const steps = await api.call('POST', '/plans', order);
  const groups = await api.call('POST', '/plans?form=groups', order);
  expect(groups.body['digest']).toBe(steps.body['digest']);
  expect(groups.body['groups']).toMatchObject([
    {
      connection: 'core',
      targets: [
        { schema: 'acme', create_schema: true },
        { schema: 'globex', create_schema: true },
      ],
      steps: [{ migration_id: USERS }, { migration_id: NOTES }],
    },
  ]);
  expect(await api.call('POST', '/plans?form=other', order)).toMatchObject({ status: 400 });
});

it('tells statuses and events of ledgers of any selection', async () => {
  const api = await useApi(TREE);
  await api.call('POST', '/migrations/up', { target: {}, connection: 'core', schemas: ['acme', 'globex'] });
  const statuses = await api.call('POST', '/statuses', { schemas: ['acme', 'new'], limit: 1 });
  expect(statuses.body).toMatchObject({ targets: [{ schema: 'acme', applied: 2 }], faults: [] });
  const rest = await api.call('POST', '/statuses', {
    schemas: ['acme', 'new'],
    after: statuses.body['next'],
  });
  expect(rest.body).toMatchObject({ targets: [{ schema: 'new', pending: [USERS, NOTES] }], next: null });
  const events = await api.call('POST', '/ledger-events', { schemas: ['acme'], migrations: ['notes'] });
  expect(events.body).toMatchObject({ entries: [{ kind: 'applied', migration_id: NOTES }], next: null });
  const page = await api.call('POST', '/ledger-events', { limit: 3 });
  expect(page.body['entries']).toHaveLength(3);
  const more = await api.call('POST', '/ledger-events', { limit: 3, after: page.body['next'] });
  expect(more.body['entries']).toHaveLength(1);
});

it('asks a database for schemas, for admins only, and writes it down', async () => {
  const api = await useApi(TREE);
  const ask = (query: string, token = 'admin-token'): ReturnType<typeof api.call> =>
    api.call(
      'POST',
      '/schema-queries',
      { connection: 'core', query },
      {
        headers: { authorization: `Bearer ${token}` },
      },
    );
  expect(await ask(`SELECT 'acme' UNION SELECT 'globex' ORDER BY 1`)).toMatchObject({
    status: 200,
    body: { schemas: ['acme', 'globex'] },
  });
  expect(await ask('SELECT 1', 'viewer-token')).toMatchObject({ status: 403 });
  expect(await ask('CREATE TABLE public.made (id int)')).toMatchObject({ status: 400 });
  expect(await ask('SELECT 1; COMMIT; CREATE TABLE public.made (id int)')).toMatchObject({ status: 400 });
  expect(
    await ask(`WITH gone AS (DELETE FROM pg_description RETURNING 1) SELECT 'x' FROM gone`),
  ).toMatchObject({
    status: 400,
  });
  expect(await api.db.query(`SELECT 1 FROM pg_class WHERE relname = 'made'`)).toEqual([]);
  const { body } = await api.call('GET', '/audit?action=schemas.query');
  expect(body['items']).toHaveLength(4);
  expect((body['items'] as readonly Body[])[0]).toMatchObject({ actor: 'ada', object: 'connection/core' });
});

it('tells that no connection lists its tenants', async () => {
  const api = await useApi(TREE);
  expect(await api.call('GET', '/tenants')).toMatchObject({ status: 400 });
  expect(await api.call('GET', '/tenants?connection=nowhere')).toMatchObject({ status: 404 });
});
