import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { HttpFaultProxy } from './http-fault-proxy.ts';

describe('HttpFaultProxy', () => {
  let server: Server;
  let proxy: HttpFaultProxy;
  let done: string[];

  beforeEach(async () => {
    done = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        done.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        response.writeHead(201, { 'x-said': 'yes' }).end(`did ${body}`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await HttpFaultProxy.before(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  async function post(path: string, body: string, timeoutMs = 5_000): Promise<string> {
    const response = await fetch(`${proxy.url}${path}`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return `${response.status} ${response.headers.get('x-said') ?? '-'} ${await response.text()}`;
  }

  it('passes requests and answers on', async () => {
    expect(await post('/v3/kv?q=1', 'a')).toBe('201 yes did a');
    expect(done).toEqual(['POST /v3/kv?q=1 a']);
    expect(proxy.counts).toEqual({ requests: 1, forwarded: 1, answered: 1, faults: 0 });
  });

  it('has the request done and loses the reply', async () => {
    const rule = proxy.arm({ path: '/txn' }, { kind: 'lose-reply' });
    await expect(post('/txn', 'a')).rejects.toThrow(/fetch failed/);
    await rule.happened;
    expect(done).toEqual(['POST /txn a']);
    expect(await post('/txn', 'b')).toBe('201 yes did b');
  });

  it('has the request done and answers 502, for the chosen one of those that meet the trigger', async () => {
    proxy.arm({ path: /^\/sql/, body: 'CREATE', nth: 2 }, { kind: 'bad-gateway' });
    const answers = [
      await post('/sql', 'CREATE 1'),
      await post('/sql', 'SELECT'),
      await post('/sql', 'CREATE 2'),
    ];
    expect(answers).toEqual(['201 yes did CREATE 1', '201 yes did SELECT', '502 - Bad Gateway']);
    expect(done).toHaveLength(3);
  });

  it('has the request done and never answers', async () => {
    const rule = proxy.arm({}, { kind: 'time-out' });
    await expect(post('/txn', 'a', 300)).rejects.toThrow(/timeout|aborted/);
    await rule.happened;
    expect(done).toEqual(['POST /txn a']);
  });

  it('refuses what then is not done', async () => {
    proxy.arm({}, { kind: 'refuse' });
    expect(await post('/txn', 'a')).toMatch(/^503/);
    expect(done).toEqual([]);
  });

  it('forwards late, when nobody waits for it any more', async () => {
    const rule = proxy.arm({}, { kind: 'forward-late', afterMs: 400 });
    await expect(post('/sql', 'late', 100)).rejects.toThrow();
    expect(await post('/sql', 'soon')).toBe('201 yes did soon');
    await rule.happened;
    await until(() => done.length === 2, { what: 'both' });
    expect(done).toEqual(['POST /sql soon', 'POST /sql late']);
  });
});
