import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/index.ts';
import { echo, sendRaw, type TestCaller, useHttpServer } from './support/use-http-server.ts';

const V1 = echo({ path: '/api/v1/old', v1: true });
const NEWER = echo({ path: '/api/v1/new' });

function post(authorization: string | null): RequestInit {
  return {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', authorization: authorization ?? '' },
  };
}

it('every route says what it asks for, and answers nobody without a token unless it is open', async () => {
  const { server, call } = await useHttpServer({ routes: [V1, NEWER] });
  expect(server.routes.length).toBeGreaterThan(7);
  for (const { method, path, permission } of server.routes) {
    expect(['open', 'read', 'change'], path).toContain(permission);
    const { status } = await call(path, {
      method,
      headers: { authorization: '', 'x-forwarded-for': '10.0.0.1' },
    });
    expect(status, path).toBe(permission === 'open' ? 200 : 401);
  }
});

it('a route that does not say what it asks for keeps the server from starting', async () => {
  const { permission: _gone, ...silent } = NEWER;
  await expect(useHttpServer({ routes: [silent as Route<TestCaller>] })).rejects.toThrow('does not say');
});

describe('a token', () => {
  it.each([
    ['', 'missing Authorization header'],
    ['admin-token', 'invalid Authorization header format'],
    ['Bearer', 'invalid Authorization header format'],
    ['Basic admin-token', 'authorization header must use Bearer scheme'],
    ['Bearer Admin-Token', 'invalid API token'],
    ['Bearer admin-token, Bearer admin-token', 'invalid API token'],
  ])('`%s` is refused with `%s`', async (authorization, text) => {
    const { call } = await useHttpServer({ routes: [V1, NEWER] });
    const old = await call('/api/v1/old', post(authorization));
    expect([old.status, await old.text()]).toEqual([401, JSON.stringify({ error: text })]);
    const newer = await call('/api/v1/new', post(authorization));
    expect([newer.status, await newer.json()]).toMatchObject([401, { error: { message: text } }]);
  });

  it.each(['Bearer admin-token', 'bearer admin-token', 'BEARER   admin-token'])(
    '`%s` is taken',
    async (value) => {
      const { call } = await useHttpServer({ routes: [V1] });
      expect((await call('/api/v1/old', post(value))).status).toBe(200);
    },
  );

  it('that comes twice, or in the address, is none', async () => {
    const { server } = await useHttpServer({ routes: [echo({ method: 'GET', path: '/x', schemas: {} })] });
    const twice = 'Authorization: Bearer admin-token\r\n'.repeat(2);
    const end = 'Host: x\r\nConnection: close\r\n';
    expect(await sendRaw(server.port, `GET /x HTTP/1.1\r\n${end}${twice}\r\n`)).toContain(' 401 ');
    expect(await sendRaw(server.port, `GET /x?token=admin-token HTTP/1.1\r\n${end}\r\n`)).toContain(' 401 ');
  });

  it('that is known and may not do it is told so', async () => {
    const { call } = await useHttpServer({ routes: [NEWER] });
    expect((await call('/api/v1/new', post('Bearer viewer-token'))).status).toBe(403);
  });

  it('is refused in the same words and not sooner, whatever is wrong with it', async () => {
    const { call } = await useHttpServer({
      routes: [NEWER],
      gateLimits: { refusalMs: 60 },
      authenticate: ({ token }) => Promise.reject(new BfmError('auth.invalid', { message: token })),
    });
    const bodies = new Set<string>();
    for (const token of ['unknown', 'revoked', 'expired']) {
      const beganMs = performance.now();
      bodies.add(await (await call('/api/v1/new', post(`Bearer ${token}`))).text());
      expect(performance.now() - beganMs).toBeGreaterThan(55);
    }
    expect(bodies.size).toBe(1);
  });
});

describe('limits', () => {
  it('50 refused tokens a minute, then 429 with Retry-After, also for good ones; a minute later all is well', async () => {
    let nowMs = 0;
    const { call } = await useHttpServer({ routes: [V1], nowMs: () => nowMs });
    for (let i = 0; i < 50; i += 1) expect((await call('/api/v1/old', post('Bearer no'))).status).toBe(401);
    const refused = await call('/api/v1/old', post('Bearer admin-token'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    nowMs = 60_000;
    expect((await call('/api/v1/old', post('Bearer admin-token'))).status).toBe(200);
  });

  it('a token has its own budget', async () => {
    let nowMs = 0;
    const { call } = await useHttpServer({
      routes: [echo({ permission: 'read' })],
      nowMs: () => nowMs,
      gateLimits: { tokenBudget: { perSecond: 2, burst: 3 } },
    });
    const statuses = async (token: string, count: number): Promise<number[]> => {
      const all: number[] = [];
      for (let i = 0; i < count; i += 1) {
        all.push((await call('/api/v1/echo', post(`Bearer ${token}`))).status);
      }
      return all;
    };
    expect(await statuses('admin-token', 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses('viewer-token', 1)).toEqual([200]);
    nowMs = 500;
    expect(await statuses('admin-token', 2)).toEqual([200, 429]);
  });
});
