import { describe, expect, it } from 'vitest';
import { toRequestActor } from '../../src/http/request-actor.ts';
import { echo, sendRaw, useHttpServer } from './support/use-http-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ROUTES = [echo({ path: '/api/v1/old', v1: true }), echo({ path: '/api/v1/new' })];

describe('a body', () => {
  it.each([
    ['{', 400],
    ['{} x', 400],
    ['\ufeff{}', 400],
    ['{"count":NaN}', 400],
    ['{"count":1e400}', 400],
    ['{"count":"1"}', 400],
    ['null', 400],
    ['', 400],
    ['{"name":"a","name":"b"}', 400],
    ['{"name":"a","n\\u0061me":"b"}', 400],
    ['{"__proto__":{"polluted":true}}', 400],
    ['{"x":[{"constructor":{"prototype":{}}}]}', 400],
    ['{"x":{"\\u005f_proto__":1}}', 400],
    ['['.repeat(10_000) + ']'.repeat(10_000), 400],
    [`{"name":"${'x'.repeat(1_100_000)}"}`, 413],
    ['{"name":"{\\"name\\": [[\\"name\\": 1","count":1}', 200],
  ])('%j: %i', async (body, status) => {
    const { call } = await useHttpServer({ routes: ROUTES });
    for (const path of ['/api/v1/old', '/api/v1/new']) {
      const answer = await call(path, { method: 'POST', body, headers: JSON_TYPE });
      expect(answer.status, await answer.text()).toBe(status);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('that is no UTF-8 is refused', async () => {
    const { call } = await useHttpServer({ routes: ROUTES });
    const body = new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]);
    expect((await call('/api/v1/old', { method: 'POST', body, headers: JSON_TYPE })).status).toBe(400);
  });

  it('with an unknown field: ignored by v1, refused by newer routes', async () => {
    const { call } = await useHttpServer({ routes: ROUTES });
    const init = { method: 'POST', body: '{"name":"a","nmae":1}', headers: JSON_TYPE };
    expect(await (await call('/api/v1/old', init)).json()).toEqual({ name: 'a' });
    const refused = await call('/api/v1/new', init);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'request.invalid' } });
  });

  it('of another content type: read by v1, 415 on newer routes; compressed: 415', async () => {
    const { call } = await useHttpServer({ routes: ROUTES });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await call(path, { method: 'POST', body: '{}', headers })).status;
    expect(await send('/api/v1/old', form)).toBe(200);
    expect(await send('/api/v1/new', form)).toBe(415);
    expect(await send('/api/v1/old', { ...JSON_TYPE, 'content-encoding': 'gzip' })).toBe(415);
  });

  it('that is bad is none where the route says so', async () => {
    const { call } = await useHttpServer({ routes: [echo({ v1: true, badBody: 'ignore' })] });
    const answer = await call('/api/v1/echo', { method: 'POST', body: '{', headers: JSON_TYPE });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('addresses and methods', () => {
  it.each([
    ['GET', '/api/v1/old', 404, '{"error":"Not found"}'],
    ['DELETE', '/api/v1/nothing', 404, '{"error":"Not found"}'],
    ['GET', '/api/v1/%zz', 400, '{"error":'],
    ['GET', '/nothing', 404, '"code":"request.not_found"'],
  ])('%s %s: %i', async (...[method, path, status, text]) => {
    const { call } = await useHttpServer({ routes: ROUTES });
    const answer = await call(path, { method });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });

  it('a request id is taken when it is one, and made otherwise', async () => {
    const { call } = await useHttpServer();
    const idOf = async (id: string): Promise<string | null> =>
      (await call('/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idOf('abc-1')).toBe('abc-1');
    expect(await idOf('a b"')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('pages of other origins', () => {
  it.each([
    [[], 'https://a.example', null],
    [['https://a.example'], 'https://a.example', 'https://a.example'],
    [['https://a.example'], 'https://a.example.evil', null],
    [['*'], 'https://b.example', '*'],
  ])('allowed %j, from %s: %s', async (corsOrigins, origin, allowed) => {
    const { call } = await useHttpServer({ corsOrigins, routes: ROUTES });
    const answer = await call('/api/v1/old', { method: 'OPTIONS', headers: { origin, authorization: '' } });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('bytes', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', ' 400 '],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ' 400 ',
    ],
    ['large headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, ' 431 '],
  ])('%s are refused', async (_what, bytes, status) => {
    const { server } = await useHttpServer();
    expect(await sendRaw(server.port, bytes)).toContain(status);
  });

  it.each([
    ['headers', 'GET /livez HTTP/1.1\r\nHost: x\r\n'],
    [
      'a body',
      'POST /api/v1/old HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('%s that do not end are not waited for', async (_what, bytes) => {
    const { server } = await useHttpServer({
      routes: ROUTES,
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 150 },
    });
    expect(await sendRaw(server.port, bytes)).toMatch(/ 408 |^$/);
  });
});

it.each([
  [{}, 'api'],
  [{ 'user-agent': 'curl/8' }, 'api'],
  [{ 'x-client-type': 'frontend' }, 'manual'],
  [{ 'x-client-type': 'FfM' }, 'manual'],
  [{ 'x-client-type': 'ffm' }, 'api'],
  [{ 'x-requested-with': 'XMLHttpRequest' }, 'manual'],
  [{ origin: 'null' }, 'manual'],
  [{ 'user-agent': 'Mozilla/5.0' }, 'manual'],
])('%j is %s', (headers, method) => {
  expect(toRequestActor(headers).executionMethod).toBe(method);
});
