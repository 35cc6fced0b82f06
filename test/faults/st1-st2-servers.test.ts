import type { SchemaName } from '@bfm/core';
import { findRun, hasEnded, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, TcpFaultProxy, until } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, runBfm } from '../support/bfm.ts';
import { ANN, orderFor } from '../support/control-world.ts';
import { ALL_MOMENTS } from '../support/moments.ts';
import { useControl } from '../support/use-control.ts';

const ORDER = orderFor({ schemas: ['one' as SchemaName] }, { options: { concurrency: 1 } });

/** How late each answer is, and the lease that goes with it: small ones, and with all moments those of real servers. */
const SLOW = [{ lateMs: 150, lease: '3s' }, ...(ALL_MOMENTS ? [{ lateMs: 2_000, lease: '30s' }] : [])];

describe.each(POSTGRES_MAJORS)('a server whose state is not well, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  beforeAll(() => {
    buildCli();
  });

  const applied = async (): Promise<number> =>
    (await stage.target.query(`SELECT 1 FROM bfm.ledger WHERE status = 'applied'`).catch(() => [])).length;

  const through = async (proxy: TcpFaultProxy, sfm: string, lease: string): Promise<BfmServerProcess> =>
    startBfmServer(sfm, {
      ...connectionsTo(stage.target.url, 'tenant'),
      BFM_STATE_URL: proxy.url(stage.state.url),
      BFM_RUN_LEASE: lease,
    });

  const proxyBeforeState = async (): Promise<TcpFaultProxy> => {
    const proxy = await TcpFaultProxy.before(stage.state.url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    return proxy;
  };

  const stop = async (server: BfmServerProcess): Promise<void> => {
    server.child.kill('SIGTERM');
    expect({ code: (await server.ended).code, said: server.said() }).toMatchObject({ code: 0 });
  };

  it('ST1 that is away: requests are told when to come again, the run ends what it has begun, waits, and goes on', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 0.25 });
    const proxy = await proxyBeforeState();
    const server = await through(proxy, tree.sfm, '20s');
    const run = await startRun(ORDER, ANN, world.control);
    await until(async () => (await applied()) > 0, { what: 'the first migration', timeoutMs: 20_000 });
    proxy.refuse();
    proxy.drop();
    for (const ask of [
      () => server.up(['two']),
      () => server.up(['two'], { 'idempotency-key': 'k' }),
      () => server.call('/api/v1/runs'),
      () => server.call('/api/v1/migrations'),
    ]) {
      const refused = await ask();
      const said = await refused.text();
      expect({ status: refused.status, said }).toMatchObject({
        status: 503,
        said: expect.stringContaining('cannot be used now') as unknown,
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await server.call('/livez')).status).toBe(200);
    await until(async () => (await server.call('/readyz')).status === 503, { what: 'it to be not ready' });
    expect((await server.call('/health')).status).toBe(503);
    // A second one does not come up without it.
    const second = await runBfm(['serve', '--sfm', tree.sfm], {
      ...connectionsTo(stage.target.url, 'tenant'),
      BFM_STATE_URL: proxy.url(stage.state.url),
      BFM_HTTP_PORT: '0',
      BFM_GRPC_PORT: '0',
    });
    expect({ code: second.code, said: second.stderr }).toMatchObject({
      code: 8,
      said: expect.stringContaining('state.unavailable') as unknown,
    });
    const stood = await applied();
    expect(stood).toBeLessThan(6);
    proxy.heal();
    await until(async () => (await findRun(run.id, world.control)).status === 'succeeded', {
      what: 'the run to end',
      timeoutMs: 30_000,
    });
    expect(await findRun(run.id, world.control)).toMatchObject({
      fence: '1',
      summary: { applied: 6, skipped: 0, failed: 0 },
    });
    await until(async () => (await server.call('/readyz')).status === 200, { what: 'it to be ready' });
    expect((await server.up(['one'])).status).toBe(200);
    await stop(server);
    expect(await stage.target.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'two'`)).toEqual([]);
    expect(await findUnsound()).toEqual([]);
  });

  it.each(SLOW)(
    'ST2 that answers $lateMs ms late: no lease is lost, the run ends, the server is degraded and not away',
    async ({ lateMs, lease }) => {
      const { world, tree, findUnsound } = await stage.open({ seconds: 0 });
      const proxy = await proxyBeforeState();
      const server = await through(proxy, tree.sfm, lease);
      expect(await (await server.call('/readyz')).json()).toEqual({ status: 'ok' });
      proxy.delay(lateMs / 2);
      const run = await startRun(ORDER, ANN, world.control);
      const told = new Set<unknown>();
      const last = await until(
        async () => {
          const ready = await server.call('/readyz');
          expect(ready.status).toBe(200);
          told.add(((await ready.json()) as { readonly status: string }).status);
          const found = await findRun(run.id, world.control);
          return hasEnded(found) ? found : null;
        },
        { what: 'the run to end', timeoutMs: 110_000, everyMs: 200 },
      );
      expect(last).toMatchObject({ status: 'succeeded', fence: '1', summary: { applied: 6, skipped: 0 } });
      if (lateMs >= 2_000) expect(told).toContain('degraded');
      proxy.heal();
      await stop(server);
      expect(await findUnsound()).toEqual([]);
    },
  );
});
