import { expect, it, vi } from 'vitest';
import { readClientOptions, type ClientOptions } from '../src/client-options.ts';
import {
  BadAnswerError,
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
  NoAnswerError,
  ServerError,
  TimedOutError,
  UnauthenticatedError,
  UnavailableError,
} from '../src/errors.ts';
import { WEB_PLATFORM } from '../src/platform.ts';
import { RequestSender, type ClientRequest } from '../src/request-sender.ts';
import { hangUp, json, sayNothing, startScriptedServer, type Answer } from './support/scripted-server.ts';

const READ: ClientRequest = {
  method: 'GET',
  path: '/api/v1/runs',
  query: { limit: 2, tag: ['a', 'b'], after: undefined },
};
const CHANGE: ClientRequest = { method: 'POST', path: '/api/v1/runs', body: { to: 'x' } };

/** A client whose waits are noted and over at once; a limit of time is never over. */
function patient(
  url: string,
  options: Partial<ClientOptions> = {},
): { sender: RequestSender; waits: number[] } {
  const waits: number[] = [];
  const platform = {
    ...WEB_PLATFORM,
    random: () => 0.5,
    sleep: (ms: number, signal: AbortSignal): Promise<void> => {
      if (ms === LIMIT_MS) return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const settings = readClientOptions({ url, token: 't', timeoutMs: LIMIT_MS, platform, ...options });
  return { sender: new RequestSender(settings), waits };
}

const LIMIT_MS = 12_345;

it('sends what was asked, and gives the answer', async () => {
  await using server = await startScriptedServer([json(200, { items: [1] })]);
  const { sender } = patient(`${server.url}/behind/a/proxy/`);
  expect(await sender.json(READ)).toEqual({ items: [1] });
  expect(server.seen).toMatchObject([
    {
      method: 'GET',
      path: '/behind/a/proxy/api/v1/runs?limit=2&tag=a&tag=b',
      headers: { authorization: 'Bearer t' },
    },
  ]);
  expect(server.seen[0]?.headers['idempotency-key']).toBeUndefined();
});

it.each<[string, Answer]>([
  ['a connection that breaks', hangUp],
  ['a server that is not ready', json(503, { error: { code: 'state.unavailable', message: 'away' } })],
  ['a proxy without a server', (response) => response.writeHead(502).end('<html>bad gateway')],
  ['too many requests', json(429, { error: 'slow down' })],
  ['the same request under way', json(409, { error: { code: 'idempotency.in_progress', message: 'wait' } })],
  [
    'an answer that breaks off',
    (response) => response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
  ],
])('tries a change again after %s, with the same key', async (_what, fault) => {
  await using server = await startScriptedServer([fault, fault, json(201, { id: 1 })]);
  const { sender, waits } = patient(server.url);
  expect(await sender.json(CHANGE)).toEqual({ id: 1 });
  const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(server.seen.map(({ body }) => body)).toEqual(Array(3).fill('{"to":"x"}'));
  expect(waits).toEqual([100, 200]);
});

it('takes another key for another call, and the one it is given', async () => {
  await using server = await startScriptedServer([json(200, {})]);
  const { sender } = patient(server.url);
  await sender.json(CHANGE);
  await sender.json(CHANGE);
  await sender.json(CHANGE, { idempotencyKey: 'deploy-7' });
  const [first, second, third] = server.seen.map(({ headers }) => headers['idempotency-key']);
  expect(first).not.toBe(second);
  expect(third).toBe('deploy-7');
});

it('waits as long as the server asks', async () => {
  await using server = await startScriptedServer([
    json(503, { error: 'away' }, { 'retry-after': '7' }),
    json(429, { error: 'slow' }, { 'retry-after': '99999' }),
    json(200, {}),
  ]);
  const { sender, waits } = patient(server.url);
  await sender.json(READ);
  expect(waits).toEqual([7_100, 60_100]);
});

it.each([
  [400, InvalidRequestError],
  [401, UnauthenticatedError],
  [403, ForbiddenError],
  [409, ConflictError],
  [500, ServerError],
])('does not try again what was answered %i', async (status, kind) => {
  const body = { error: { code: 'x.y', message: 'no', details: { where: 1 }, next: 'do z' } };
  await using server = await startScriptedServer([json(status, body)]);
  const error = await patient(server.url)
    .sender.json(CHANGE)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({
    status,
    code: 'x.y',
    message: 'no',
    details: { where: 1 },
    next: 'do z',
    requestId: 'r-1',
  });
  expect(server.seen).toHaveLength(1);
});

it('gives up after so many tries, and says what was answered', async () => {
  await using server = await startScriptedServer([json(503, { error: 'state is away' })]);
  const { sender, waits } = patient(server.url, { retries: 2 });
  await expect(sender.json(READ)).rejects.toThrow(
    new UnavailableError(
      503,
      { code: null, message: 'state is away', details: {}, next: null },
      { request: 'GET /api/v1/runs', requestId: 'r-1' },
    ),
  );
  expect(waits).toHaveLength(2);
});

it('says so when nobody answers', async () => {
  const server = await startScriptedServer([json(200, {})]);
  await server[Symbol.asyncDispose]();
  const error = await patient(server.url)
    .sender.json(READ)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NoAnswerError);
  expect(String(error)).toMatch(/GET \/api\/v1\/runs: no answer: .*ECONNREFUSED/);
});

it('gives up a try that takes too long', async () => {
  await using server = await startScriptedServer([sayNothing]);
  const settings = readClientOptions({ url: server.url, token: 't', timeoutMs: 30, retries: 0 });
  await expect(new RequestSender(settings).json(READ)).rejects.toBeInstanceOf(TimedOutError);
});

it('stops at once when its caller does', async () => {
  await using server = await startScriptedServer([sayNothing]);
  const controller = new AbortController();
  const asked = patient(server.url).sender.json(CHANGE, { signal: controller.signal });
  await vi.waitUntil(() => server.seen.length > 0);
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  await expect(patient(server.url).sender.json(READ, { signal: controller.signal })).rejects.toThrow(
    'enough',
  );
  expect(server.seen).toHaveLength(1);
});

it('asks for another token once', async () => {
  await using server = await startScriptedServer([
    json(401, { error: 'invalid API token' }),
    json(200, { ok: true }),
  ]);
  let asked = 0;
  const { sender } = patient(server.url, { token: () => Promise.resolve(`t${(asked += 1)}`) });
  expect(await sender.json(READ)).toEqual({ ok: true });
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  await using stubborn = await startScriptedServer([json(401, { error: 'invalid API token' })]);
  await expect(patient(stubborn.url, { token: () => 'x' }).sender.json(READ)).rejects.toBeInstanceOf(
    UnauthenticatedError,
  );
  expect(stubborn.seen).toHaveLength(2);
});

it('follows nobody elsewhere with its token', async () => {
  await using other = await startScriptedServer([json(200, {})]);
  await using server = await startScriptedServer([
    (response) => response.writeHead(307, { location: other.url }).end(),
  ]);
  await expect(patient(server.url, { retries: 0 }).sender.json(READ)).rejects.toBeInstanceOf(NoAnswerError);
  expect(other.seen).toHaveLength(0);
});

it('does not take a page for an answer', async () => {
  await using server = await startScriptedServer([(response) => response.writeHead(200).end('<html>')]);
  await expect(patient(server.url).sender.json(READ)).rejects.toBeInstanceOf(BadAnswerError);
  expect(server.seen).toHaveLength(1);
});

it.each([
  ['http://bfm.example.com', /without encryption/],
  ['https://user:hunter2@bfm.example.com', /no user, password/],
  ['ftp://bfm.example.com', /begins with https/],
  ['bfm.example.com', /begins with https/],
  ['https://bfm.example.com/?token=hunter2', /no user, password, query/],
])('refuses the address %s', (url, why) => {
  expect(() => readClientOptions({ url, token: 't' })).toThrow(why);
  expect(() => readClientOptions({ url, token: 't' })).not.toThrow(/hunter2/);
});

it('takes an address in the clear when told to, or on this machine', () => {
  expect(readClientOptions({ url: 'http://bfm.internal', token: 't', allowPlainHttp: true }).base).toBe(
    'http://bfm.internal',
  );
  for (const url of ['http://localhost:7070', 'http://127.0.0.9:1/x/', 'http://[::1]:7070']) {
    expect(readClientOptions({ url, token: 't' }).base).toBe(url.replace(/\/$/, ''));
  }
});

it('does not ask again where whoever made it says so', async () => {
  const away = json(503, { error: { code: 'target.unreachable', message: 'nobody answers' } });
  await using server = await startScriptedServer([away, json(200, { items: [] })]);
  const { sender, waits } = patient(server.url, {
    mayRetry: (error) => !(error instanceof ServerError && error.code === 'target.unreachable'),
  });
  await expect(sender.json(READ)).rejects.toThrow(UnavailableError);
  expect(waits).toEqual([]);
});
