import { connect } from 'node:net';
import { BfmError } from '@bfm/core';
import { until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readLastEventId, Secrets, type ServerEvent } from '../../src/index.ts';
import { echo, sendRaw, useHttpServer } from './support/use-http-server.ts';

describe('health', () => {
  it('is told as v1 does, looked at once for many who ask, and names nothing of the inside', async () => {
    let looks = 0;
    let broken = false;
    const executor = (): Promise<void> => {
      looks += 1;
      return broken ? Promise.reject(new Error('connect /var/run/pg 10.0.0.1')) : Promise.resolve();
    };
    let nowMs = 0;
    const { call } = await useHttpServer({ checks: { executor }, nowMs: () => nowMs });
    const ask = async (path: string): Promise<[number, unknown]> => {
      const answer = await call(path, { headers: { authorization: '' } });
      return [answer.status, await answer.json()];
    };
    const healthy = [200, { status: 'healthy', checks: { executor: 'ok' } }];
    expect(await Promise.all([ask('/health'), ask('/api/v1/health')])).toEqual([healthy, healthy]);
    expect(looks).toBe(1);
    broken = true;
    nowMs = 1_000;
    expect(await ask('/health')).toEqual([503, { status: 'unhealthy', checks: { executor: 'failed' } }]);
    expect((await ask('/readyz'))[0]).toBe(503);
    expect((await ask('/livez'))[0]).toBe(200);
  });
});

it('/metrics counts by route; it is open on this machine, else with a token', async () => {
  const { call } = await useHttpServer();
  await call('/livez');
  await call('/some/path/42');
  const text = await (await call('/metrics', { headers: { authorization: '' } })).text();
  expect(text).toContain('bfm_http_requests_total{method="GET",route="/livez",status="200"} 1');
  expect(text).toContain('route="none",status="404"');
  expect(text).not.toContain('42"');
  expect(text).toContain('bfm_http_requests_in_flight 1');
  const proxied = { 'x-forwarded-for': '10.0.0.1' };
  expect((await call('/metrics', { headers: { ...proxied, authorization: '' } })).status).toBe(401);
  expect((await call('/metrics', { headers: proxied })).status).toBe(200);
});

describe('stopping', () => {
  it('lets a request end that is being answered, and then there is no server', async () => {
    const go = Promise.withResolvers<undefined>();
    let began = false;
    const handler = async (): Promise<{ status: number; body: string }> => {
      began = true;
      await go.promise;
      return { status: 200, body: 'done' };
    };
    const { server, call } = await useHttpServer({
      routes: [echo({ method: 'GET', path: '/slow', schemas: {}, handler })],
    });
    const answer = call('/slow');
    await until(() => began, { what: 'the request' });
    const drained = server.drain(10_000);
    go.resolve(undefined);
    expect(await (await answer).text()).toBe('done');
    await drained;
    await expect(call('/livez')).rejects.toThrow();
  });

  it('is told at /readyz first', async () => {
    const { server, call } = await useHttpServer();
    const drained = server.drain(0, 300);
    expect((await call('/readyz')).status).toBe(503);
    expect((await call('/livez')).status).toBe(200);
    await drained;
  });

  it('tells a request after the grace and cuts it when it does not listen', async () => {
    let signal: AbortSignal | null = null;
    const { server, call } = await useHttpServer({
      routes: [
        echo({
          method: 'GET',
          path: '/deaf',
          schemas: {},
          handler: (request) => {
            signal = request.signal;
            return new Promise(() => undefined);
          },
        }),
      ],
    });
    const refused = expect(call('/deaf')).rejects.toThrow();
    await until(() => signal, { what: 'the request' });
    await server.drain(10);
    await refused;
    expect(signal).toMatchObject({ aborted: true, reason: { code: 'server.stopping' } });
  });
});

describe('a stream of events', () => {
  const streaming = (events: (from: string | null) => AsyncGenerator<ServerEvent>) =>
    echo({
      method: 'GET',
      path: '/events',
      permission: 'read',
      schemas: {},
      handler: ({ headers }) => ({ events: events(readLastEventId(headers)) }),
    });

  it('goes on behind Last-Event-ID, and says that it lives', async () => {
    const { promise: later, resolve } = Promise.withResolvers<undefined>();
    async function* events(from: string | null): AsyncGenerator<ServerEvent> {
      yield { id: String(Number(from) + 1), type: 'step\nx', data: { text: 'a\nb' } };
      setTimeout(() => resolve(undefined), 60);
      await later;
    }
    const { call } = await useHttpServer({ routes: [streaming(events)], limits: { heartbeatMs: 20 } });
    const answer = await call('/events', { headers: { 'last-event-id': '41' } });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const text = await answer.text();
    expect(text).toContain('id: 42\nevent: step x\ndata: {"text":"a\\nb"}\n\n');
    expect(text).toContain(': \n\n');
  });

  it('Q2 waits for a client that does not read, and ends its source when that is gone', async () => {
    let made = 0;
    let ended = false;
    async function* events(): AsyncGenerator<ServerEvent> {
      try {
        for (;;) {
          made += 1;
          yield { id: String(made), type: 'x', data: 'x'.repeat(100_000) };
          await Promise.resolve();
        }
      } finally {
        ended = true;
      }
    }
    const { server } = await useHttpServer({ routes: [streaming(events)] });
    const socket = connect(server.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write('GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n\r\n');
    let last = -1;
    await until(() => (made > 0 && made === last) || void (last = made), { what: 'a stop', everyMs: 150 });
    expect(made).toBeLessThan(300);
    expect(ended).toBe(false);
    socket.destroy();
    await until(() => ended, { what: 'the end of the source' });
  });

  it('ends when the server stops, long before the grace is over', async () => {
    async function* events(): AsyncGenerator<ServerEvent> {
      yield { id: '1', type: 'x', data: 1 };
      await new Promise(() => undefined);
    }
    const { server, call } = await useHttpServer({ routes: [streaming(events)] });
    const answer = await call('/events');
    const drained = server.drain(60_000);
    expect(await answer.text()).toContain('id: 1');
    await drained;
  });
});

describe('a secret', () => {
  const CANARY = 'c4nary/Pa ss+w"ord?=';
  const FORMS = [
    CANARY,
    encodeURIComponent(CANARY),
    encodeURIComponent(CANARY).replace(/%../g, (escape) => escape.toLowerCase()),
    Buffer.from(CANARY).toString('base64'),
    Buffer.from(`user:${CANARY}`).toString('base64'),
    Buffer.from(`u:${CANARY}:x`).toString('base64url'),
  ];

  it.each(FORMS)('as %s is in no log and no answer', async (form) => {
    const errors = [
      new Error(`a driver says ${form}`, { cause: new Error(form) }),
      Object.assign(new Error('x'), { detail: form, password: 'other-secret' }),
      new BfmError('target.unreachable', { message: form, details: { url: form }, next: form }),
      new BfmError('internal.invariant', { message: form, cause: new Error(form) }),
    ];
    const routes = errors.flatMap((error, i) =>
      [true, false].map((v1) =>
        echo({ method: 'GET', path: `/${v1}${i}`, v1, schemas: {}, handler: () => Promise.reject(error) }),
      ),
    );
    const { server, call, lines } = await useHttpServer({ routes, secrets: new Secrets([CANARY]) });
    const answers: string[] = [];
    for (const { path } of routes) answers.push(await (await call(path)).text());
    const quoted = encodeURIComponent(form);
    answers.push(await (await call(`/nothing/${quoted}?token=${quoted}`)).text());
    answers.push(await (await call('/true0', { headers: { 'x-request-id': 'c4nary' } })).text());
    answers.push(await sendRaw(server.port, `${form}\r\n\r\n`));
    await until(() => lines.filter((line) => line.includes('answered')).length > routes.length + 1, {
      what: 'the log',
    });
    const all = [...answers, ...lines].join('\n');
    expect(lines.join('')).toContain('"level":"error"');
    for (const each of FORMS) expect(all).not.toContain(each);
    expect(all).not.toContain('c4nary/');
    expect(all).not.toContain('other-secret');
    for (const line of lines) JSON.parse(line);
  });
});
