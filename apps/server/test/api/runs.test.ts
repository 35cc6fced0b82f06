import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { idOf, table, versionOf } from './support/trees.ts';
import { type Api, useApi } from './support/use-api.ts';

const USERS = idOf(1, 'users');
const NOTES = idOf(2, 'notes');
const TREE = { ...table(1, 'users'), ...table(2, 'notes') };
const ORDER = { schemas: ['acme', 'globex'] };

type Body = Readonly<Record<string, unknown>>;

async function ended(api: Api, id: unknown): Promise<Body> {
  return until(
    async () => {
      const { body } = await api.call('GET', `/runs/${String(id)}`);
      return body['finished_at'] === null ? null : body;
    },
    { what: 'the run to end' },
  );
}

/** Reads the events of a run as text, up to the end of the stream. */
async function events(
  api: Api,
  id: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const response = await fetch(`${api.url}/api/v1/runs/${String(id)}/events`, {
    headers: { authorization: 'Bearer admin-token', ...headers },
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const text = await response.text();
  return [...text.matchAll(/^id: (\d+)\nevent: (\S+)$/gm)].map(
    ([, seq, type]) => `${String(seq)} ${String(type)}`,
  );
}

describe('plans and runs', () => {
  it('plans, runs that plan, tells its steps and its events', async () => {
    const api = await useApi(TREE);
    const plan = await api.call('POST', '/plans', ORDER);
    expect(plan).toMatchObject({ status: 200, body: { direction: 'up', warnings: [] } });
    expect(
      (plan.body['steps'] as Body[]).map(({ schema, migration_id: id }) => `${String(schema)} ${String(id)}`),
    ).toEqual([`acme ${USERS}`, `acme ${NOTES}`, `globex ${USERS}`, `globex ${NOTES}`]);
    const started = await api.call('POST', '/runs', { ...ORDER, digest: plan.body['digest'] });
    expect(started).toMatchObject({
      status: 202,
      body: { direction: 'up', plan_digest: plan.body['digest'], actor: 'ada', method: 'http' },
    });
    const { id } = started.body;
    const run = await ended(api, id);
    expect(run).toMatchObject({
      status: 'succeeded',
      attempts: 1,
      error: null,
      summary: { applied: 4, failed: 0 },
    });
    const first = await api.call('GET', `/runs/${String(id)}/steps?limit=3`);
    const second = await api.call(
      'GET',
      `/runs/${String(id)}/steps?limit=3&after=${encodeURIComponent(String(first.body['next']))}`,
    );
    const steps = [...(first.body['items'] as Body[]), ...(second.body['items'] as Body[])];
    expect(steps.map(({ position, outcome }) => `${String(position)} ${String(outcome)}`)).toEqual([
      '1 applied',
      '2 applied',
      '3 applied',
      '4 applied',
    ]);
    expect(second.body['next']).toBeNull();
    const told = await events(api, id);
    expect(told.at(-1)).toBe(`${told.length} run.finished`);
    expect(told.filter((event) => event.endsWith(' step.finished'))).toHaveLength(4);
    expect(await events(api, id, { 'last-event-id': '2' })).toEqual(told.slice(2));
    expect((await api.call('GET', '/history?limit=2')).body['items']).toMatchObject([
      { run_id: id, actor: 'ada' },
      { run_id: id },
    ]);
  });

  it('refuses a plan that is not the one that was looked at', async () => {
    const api = await useApi(TREE);
    const { body } = await api.call('POST', '/plans', ORDER);
    await api.put(table(3, 'later'));
    await api.call('POST', '/migrations/reindex');
    const refused = await api.call('POST', '/runs', { ...ORDER, digest: body['digest'] });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'plan.stale' } } });
    expect((await api.call('GET', '/runs')).body).toEqual({ items: [], next: null });
    expect((await api.call('GET', '/audit')).body['items']).toMatchObject([
      { actor: 'ada', action: 'run.start', result: 'refused', detail: { code: 'plan.stale' } },
      { action: 'migrations.reindex' },
      { actor: 'test' },
    ]);
  });

  it('R1 makes one run of fifty same requests with one key, and none of another with that key', async () => {
    const api = await useApi(TREE);
    const init = { headers: { 'idempotency-key': randomUUID() } };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.call('POST', '/runs', ORDER, init)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(await api.call('POST', '/runs', { schemas: ['other'] }, init)).toMatchObject({
      status: 422,
      body: { error: { code: 'idempotency.key_reused' } },
    });
    await ended(api, answers[0]?.body['id']);
    expect((await api.call('POST', '/runs', ORDER, init)).body['id']).toBe(answers[0]?.body['id']);
    expect((await api.call('GET', '/runs')).body['items']).toHaveLength(1);
  });

  it('goes down as far as it is told, cancels what waits, and retries what was not done', async () => {
    const api = await useApi(TREE);
    await ended(api, (await api.call('POST', '/runs', ORDER)).body['id']);
    const down = await api.call('POST', '/runs', { direction: 'down', schemas: ['acme'], to: versionOf(1) });
    expect(await ended(api, down.body['id'])).toMatchObject({
      status: 'succeeded',
      summary: { rolled_back: 1 },
    });
    const release = api.holdWorkers();
    const waiting = await api.call('POST', '/runs', ORDER);
    expect(await api.call('POST', `/runs/${String(waiting.body['id'])}/cancel`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    release();
    expect(await events(api, waiting.body['id'])).toEqual(['1 run.finished']);
    const again = await api.call('POST', `/runs/${String(waiting.body['id'])}/retry`);
    expect(again.status).toBe(202);
    expect(await ended(api, again.body['id'])).toMatchObject({
      status: 'succeeded',
      summary: { applied: 1 },
    });
    const { body } = await api.call('GET', '/runs?status=cancelled');
    expect(body['items']).toMatchObject([{ id: waiting.body['id'] }]);
  });

  it('pages through runs in a stable order', async () => {
    const api = await useApi(TREE);
    const ids: unknown[] = [];
    for (let number = 0; number < 5; number += 1) {
      ids.unshift((await api.call('POST', '/runs', { schemas: [`t${number}`] })).body['id']);
    }
    const pages: unknown[] = [];
    for (let after: string | null = ''; after !== null;) {
      const query = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const { body } = await api.call('GET', `/runs?limit=2${query}`);
      pages.push(...(body['items'] as Body[]).map(({ id }) => id));
      after = body['next'] as string | null;
    }
    expect(pages).toEqual(ids);
    for (const id of ids) await ended(api, id);
  });
});

describe('how things stand', () => {
  it('lists connections, targets page by page, locks, and whose the token is', async () => {
    const api = await useApi(TREE);
    await ended(api, (await api.call('POST', '/runs', ORDER)).body['id']);
    expect((await api.call('GET', '/connections')).body).toEqual({
      connections: [{ name: 'core', backend: 'postgresql', default_schema: null, lists_tenants: false }],
    });
    const first = (await api.call('GET', '/targets?limit=1')).body;
    expect(first).toMatchObject({
      targets: [{ connection: 'core', schema: 'acme', applied: 2, pending: [] }],
    });
    const second = (
      await api.call('GET', `/targets?limit=1&after=${encodeURIComponent(String(first['next']))}`)
    ).body;
    expect(second).toMatchObject({ targets: [{ schema: 'globex' }], next: null });
    expect((await api.call('GET', '/targets?schema=globex')).body['targets']).toHaveLength(1);
    expect((await api.call('GET', '/locks')).body).toEqual({ locks: [] });
    expect((await api.call('GET', '/me')).body).toEqual({ name: 'ada', role: 'admin', token_id: 'tokenada' });
  });
});

const REFUSED: readonly (readonly [string, string, string, unknown, number, string])[] = [
  ['an unknown field', 'POST', '/runs', { schema: 'acme' }, 400, 'request.invalid'],
  ['an unknown connection', 'POST', '/runs', { connections: ['cor'] }, 404, 'connection.not_found'],
  ['an unknown migration', 'POST', '/plans', { migrations: ['nothing'] }, 404, 'migration.not_found'],
  ['a name that is none', 'POST', '/plans', { schemas: ['pg_x'] }, 400, 'name.invalid'],
  [
    'going down without a bound',
    'POST',
    '/runs',
    { direction: 'down', schemas: ['a'] },
    400,
    'request.invalid',
  ],
  ['a bound of down on the way up', 'POST', '/plans', { steps: 1 }, 400, 'request.invalid'],
  ['a version that is none', 'POST', '/plans', { to: '2025' }, 400, 'request.invalid'],
  ['a tag that is none', 'POST', '/plans', { tags: { '': 'x' } }, 400, 'request.invalid'],
  [
    'dynamic migrations without a schema',
    'POST',
    '/runs',
    { migrations: [USERS] },
    400,
    'request.schema_required',
  ],
  ['a run that is not there', 'GET', `/runs/${randomUUID()}`, undefined, 404, 'run.not_found'],
  ['steps of a run that is not there', 'GET', '/runs/7/steps', undefined, 404, 'run.not_found'],
  ['events of a run that is not there', 'GET', '/runs/7/events', undefined, 404, 'run.not_found'],
  ['a run that is not there, to be cancelled', 'POST', '/runs/7/cancel', undefined, 404, 'run.not_found'],
  ['a page that is none', 'GET', '/runs?limit=0', undefined, 400, 'request.invalid'],
  ['a cursor that is none', 'GET', '/runs?after=x', undefined, 400, 'request.invalid'],
  ['a cursor of targets that is none', 'GET', '/targets?after=x', undefined, 400, 'request.invalid'],
  ['a filter that is none', 'GET', '/runs?state=done', undefined, 400, 'request.invalid'],
  ['a status that is none', 'GET', '/runs?status=done', undefined, 400, 'request.invalid'],
];

it('refuses what it cannot understand, says why, and does nothing', async () => {
  const api = await useApi(TREE);
  for (const [what, method, path, body, status, code] of REFUSED) {
    expect({ what, ...(await api.call(method, path, body)) }).toMatchObject({
      what,
      status,
      body: { error: { code, message: expect.any(String) as string, next: expect.any(String) as string } },
    });
  }
  expect((await api.call('GET', '/runs')).body['items']).toEqual([]);
});

it('gives the answers that its schemas describe', async () => {
  const api = await useApi(TREE);
  const { id } = (await api.call('POST', '/runs', ORDER)).body;
  await ended(api, id);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const reads = api.http.routes.filter(
    ({ method, path, v1 }) =>
      // Tenants are listed where somebody has said how.
      method === 'GET' && !v1 && path.startsWith('/api/') && !/events$|openapi|tenants$/.test(path),
  );
  expect(reads.length).toBeGreaterThanOrEqual(8);
  for (const { path, schemas } of reads) {
    const { status, body } = await api.call('GET', path.replace('/api/v1', '').replace(':id', String(id)));
    const check = ajv.compile(schemas.answers?.[String(status)] ?? false);
    expect({ path, status, faults: check(body) ? null : check.errors }).toEqual({
      path,
      status: 200,
      faults: null,
    });
  }
});
