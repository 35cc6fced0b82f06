import { POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildCli, connectionsTo, runBfm, startBfm, type BfmProcess } from '../../../test/support/bfm.ts';
import { makeEffectTree } from '../../../test/support/effect-tree.ts';

const TOKEN = 'a-token-of-this-test-and-of-no-other';

interface Served extends BfmProcess {
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}

describe.each(POSTGRES_MAJORS)('bfm serve on PostgreSQL %i', async (major) => {
  const state = await useTestDatabase(major);
  const target = await useTestDatabase(major);
  const environment = {
    ...connectionsTo(target.url, 'tenant'),
    BFM_STATE_URL: state.url,
    BFM_HTTP_PORT: '0',
    BFM_GRPC_PORT: '0',
    BFM_API_TOKEN: TOKEN,
  };

  beforeAll(() => {
    buildCli();
  });

  async function serve(sfm: string, more: Readonly<Record<string, string>> = {}): Promise<Served> {
    const server = startBfm(['serve', '--sfm', sfm], { ...environment, ...more });
    onTestFinished(() => void server.child.kill('SIGKILL'));
    void server.ended.then(() => (over = true));
    let over = false;
    await until(() => Promise.resolve(over || server.said().includes('"listening"')), {
      what: 'the server to listen',
      timeoutMs: 30_000,
    });
    const port = /"http":(\d+)/.exec(server.said())?.[1];
    expect({ port, said: port === undefined ? server.said() : '' }).toMatchObject({ said: '' });
    const get: Served['get'] = (path, init = {}) =>
      fetch(`http://127.0.0.1:${String(port)}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
      });
    return { ...server, get };
  }

  it('applies migrations, tells how everything is, and stops', async () => {
    await using tree = await makeEffectTree(target, { seconds: 0 });
    const server = await serve(tree.sfm);
    expect(await (await server.get('/health')).json()).toMatchObject({
      status: 'healthy',
      checks: { executor: 'ok', state: 'ok', 'connection tenant': 'ok', migrations: 'ok' },
    });
    const up = await server.get('/api/v1/migrations/up', {
      method: 'POST',
      body: JSON.stringify({ target: { connection: 'tenant' }, connection: 'tenant', schemas: ['one'] }),
    });
    expect({ status: up.status, body: await up.json() }).toMatchObject({
      status: 200,
      body: { success: true, errors: [] },
    });
    const applied = await target.query(`SELECT 1 FROM bfm.ledger WHERE status = 'applied'`);
    expect(applied).toHaveLength(tree.names.length);
    const metrics = await (await server.get('/metrics')).text();
    expect(metrics).toContain(
      'bfm_migrations_total{backend="postgresql",connection="tenant",direction="up",outcome="applied"} 6',
    );
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    expect(server.said()).not.toContain(TOKEN);
  });

  it('refuses to start where a port is taken, and names its variable', async () => {
    await using tree = await makeEffectTree(target, { seconds: 0 });
    const first = await serve(tree.sfm);
    const [, http = '', grpc = ''] = /"http":(\d+),"grpc":(\d+)/.exec(first.said()) ?? [];
    for (const [name, port] of [
      ['BFM_HTTP_PORT', http],
      ['BFM_GRPC_PORT', grpc],
    ] as const) {
      const second = await runBfm(['serve', '--sfm', tree.sfm], { ...environment, [name]: port });
      expect(second.code).toBe(2);
      expect(second.stderr).toContain(name);
    }
  });
});
