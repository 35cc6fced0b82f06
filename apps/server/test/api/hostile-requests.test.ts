import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { table } from './support/trees.ts';
import { type Api, useApi } from './support/use-api.ts';

const SLOW_MS = 3_000;
/** What no answer may hold. */
const BUGS = /internal\.invariant|Something went wrong|node_modules|\.ts:\d/;
const TREE = { ...table(1, 'users', { schema: 'shop' }), ...table(2, 'notes') };

type SentRoute = Api['http']['routes'][number];

/** A path of a route, with something in place of its parameters. */
function pathOf({ path }: SentRoute, value: string): string {
  return path.replace(/:\w+/g, value);
}

async function ask(
  api: Api,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; text: string }> {
  const began = performance.now();
  const answer = await fetch(`${api.url}${path}`, {
    ...init,
    headers: { authorization: 'Bearer admin-token', ...(init.headers as Record<string, string>) },
    signal: AbortSignal.timeout(20_000),
  });
  const type = answer.headers.get('content-type') ?? '';
  // A stream has no end to wait for.
  const text = type.startsWith('text/event-stream') ? '' : await answer.text();
  await answer.body?.cancel().catch(() => undefined);
  expect(performance.now() - began, path.slice(0, 80)).toBeLessThan(SLOW_MS);
  expect(text, path.slice(0, 80)).not.toMatch(BUGS);
  return { status: answer.status, text };
}

test('ten thousand parameters, keys of JavaScript, and pages that do not exist are answered, on every route that is read', async () => {
  const api = await useApi(TREE);
  const reads = api.http.routes.filter(({ method }) => method === 'GET');
  expect(reads.length).toBeGreaterThan(15);
  const queries = [
    Array.from({ length: 1_500 }, (_, index) => `p${index}=1`).join('&'),
    Array.from({ length: 1_500 }, () => 'limit=1').join('&'),
    '__proto__[polluted]=1&constructor.prototype.polluted=1&__proto__=1',
    'limit=-1',
    'limit=0',
    'limit=1e9',
    'limit=abc',
    'limit=1.5',
    'limit=',
    'limit=NaN',
    'limit=%00',
    'after=x',
    'after=%00',
    `after=${'a'.repeat(1_025)}`,
    `after=${btoa('["2026-01-01","x"]')}`,
    `after=${btoa('{}')}`,
    'after=-1',
    'schema=%ff',
    'schema=%',
    'connection=%E2%28%A1',
    `connection=${'a'.repeat(5_000)}!`,
    'actor=%00',
    'status=nothing',
  ];
  for (const route of reads) {
    for (const query of queries) {
      const { status } = await ask(api, `${pathOf(route, 'x')}?${query}`);
      expect(status, `${route.path}?${query.slice(0, 60)}`).toBeLessThan(500);
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  // More than fits into a line.
  const many = Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join('&');
  expect((await ask(api, `/api/v1/runs?${many}`)).status).toBe(431);
});

test('paths that climb, end early or never end lead nowhere', async () => {
  const api = await useApi(TREE);
  const values = [
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%2f',
    '%00',
    '%0d%0aX-Evil:%201',
    '%e2%80%ae',
    'a'.repeat(600),
    '..;',
    '%252e%252e',
    '*',
    '%7b%7b7*7%7d%7d',
    "'%20OR%201=1--",
  ];
  const withParameters = api.http.routes.filter(({ method, path }) => method === 'GET' && path.includes(':'));
  expect(withParameters.length).toBeGreaterThan(5);
  for (const route of withParameters) {
    for (const value of values) {
      const { status, text } = await ask(api, pathOf(route, value));
      expect(status, `${route.path} ${value}`).toBeLessThan(500);
      expect(text).not.toContain('root:');
    }
  }
});

test('a header or parameter that names another method changes nothing', async () => {
  const api = await useApi(TREE);
  const changes = api.http.routes.filter(
    ({ method, permission }) => method !== 'GET' && permission === 'change',
  );
  expect(changes.length).toBeGreaterThan(4);
  for (const route of changes) {
    const { method } = route;
    const headers = {
      'x-http-method-override': method,
      'x-http-method': method,
      'x-method-override': method,
    };
    const { status } = await ask(
      api,
      `${pathOf(route, '00000000-0000-4000-8000-000000000000')}?_method=${method}`,
      { headers },
    );
    // Either nothing is read there, or something is, and that does not look at it.
    expect([400, 404, 200], route.path).toContain(status);
  }
  const { items } = (await api.call('GET', '/runs')).body as { readonly items: readonly unknown[] };
  expect(items).toEqual([]);
});

test('bodies that are huge, deep, packed or full of keys are refused, on every route that takes one', async () => {
  const api = await useApi(TREE);
  const routes = api.http.routes.filter(({ schemas }) => schemas.body !== undefined);
  const keys = Array.from({ length: 60_000 }, (_, index) => `"k${index}":1`).join(',');
  const bomb = gzipSync(JSON.stringify({ name: 'x'.repeat(50_000_000) }));
  const bodies: readonly (readonly [what: string, init: RequestInit])[] = [
    ['a packed bomb', { body: bomb, headers: { 'content-encoding': 'gzip' } }],
    ['ten megabytes', { body: `{"schemas":["${'x'.repeat(10_000_000)}"]}` }],
    ['many keys', { body: `{${keys}}` }],
    ['depth in a field', { body: `{"tags":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}` }],
    ['a list of a hundred thousand', { body: `{"schemas":[${'"",'.repeat(100_000)}""]}` }],
    [
      'a text for slow patterns',
      {
        body: JSON.stringify({
          schemas: [`${'a'.repeat(50_000)}!`],
          to: `${'1'.repeat(50_000)}!`,
          migrations: ['_'.repeat(50_000)],
        }),
      },
    ],
    [
      'keys of JavaScript',
      { body: '{"tags":{"toString":"x","hasOwnProperty":"y","valueOf":"z"},"migration_id":"x"}' },
    ],
  ];
  for (const route of routes) {
    for (const [what, init] of bodies) {
      const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string>) };
      const { status } = await ask(api, pathOf(route, 'x'), { ...init, method: route.method, headers });
      expect([200, 206, 400, 404, 413, 415, 422], `${route.path} ${what}`).toContain(status);
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await ask(api, '/livez')).status).toBe(200);
});
