import { POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildCli, connectionsTo, runBfm, startBfm, type BfmProcess } from '../../../test/support/bfm.ts';
import { makeEffectTree } from '../../../test/support/effect-tree.ts';

const TEXT = /^bfm_api_[0-9a-z]{13}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;

describe.each(POSTGRES_MAJORS)('bfm token on PostgreSQL %i', async (major) => {
  const state = await useTestDatabase(major);
  const target = await useTestDatabase(major);
  const environment = { BFM_STATE_URL: state.url };

  beforeAll(() => {
    buildCli();
  });

  async function serve(
    sfm: string,
  ): Promise<BfmProcess & { readonly status: (token: string) => Promise<number> }> {
    const server = startBfm(['serve', '--sfm', sfm], {
      ...environment,
      ...connectionsTo(target.url, 'tenant'),
      BFM_HTTP_PORT: '0',
      BFM_GRPC_PORT: '0',
    });
    onTestFinished(() => void server.child.kill('SIGKILL'));
    await until(() => Promise.resolve(server.said().includes('"listening"')), {
      what: 'the server to listen',
      timeoutMs: 30_000,
    });
    const port = String(/"http":(\d+)/.exec(server.said())?.[1]);
    const status = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`http://127.0.0.1:${port}/api/v1/migrations`, { headers })).status;
    };
    return { ...server, status };
  }

  it('S6, S9 two servers at once make one first token; one that is revoked both refuse within 5 s', async () => {
    await using tree = await makeEffectTree(target, { seconds: 0 });
    const servers = await Promise.all([serve(tree.sfm), serve(tree.sfm)]);
    const firsts = servers.flatMap((server) => server.said().match(/bfm_api_\w+/g) ?? []);
    expect(firsts).toHaveLength(1);
    const made = await runBfm(['token', 'create', 'ci', '--role', 'admin'], environment);
    expect({ code: made.code, text: TEXT.test(made.stdout.trimEnd()) }).toEqual({ code: 0, text: true });
    expect(made.stderr).toContain('shown once');
    const text = made.stdout.trimEnd();
    for (const token of [text, String(firsts[0])]) {
      expect(await Promise.all(servers.map(({ status }) => status(token)))).toEqual([200, 200]);
    }
    expect((await runBfm(['token', 'revoke', 'ci'], environment)).code).toBe(0);
    const revokedAtMs = performance.now();
    await until(
      async () => (await Promise.all(servers.map(({ status }) => status(text)))).every((s) => s === 401),
      {
        what: 'both servers to refuse it',
      },
    );
    expect(performance.now() - revokedAtMs).toBeLessThan(5_000);
    expect(await servers[0].status(String(firsts[0]))).toBe(200);
    const rest = servers.map((server) => server.said()).join('');
    expect(rest).not.toContain(text.split('_')[3]);
  });

  it('lists, rotates and refuses, for people and programs', async () => {
    const json = await runBfm(['token', 'create', 'app', '--lifetime', '12h', '--json'], environment);
    const { token, text } = JSON.parse(json.stdout) as { token: Record<string, string>; text: string };
    expect(token).toMatchObject({ name: 'app', role: 'viewer', last_used_at: null, revoked_at: null });
    expect(text).toMatch(TEXT);
    expect(Date.parse(String(token['expires_at'])) - Date.parse(String(token['created_at']))).toBe(
      43_200_000,
    );
    const again = await runBfm(['token', 'create', 'app'], environment);
    expect([again.code, again.stdout]).toEqual([5, '']);
    expect(again.stderr).toContain('token.name_taken');
    const next = await runBfm(['token', 'rotate', 'app', '--grace', '0'], environment);
    expect([next.code, next.stdout.trimEnd() === text, TEXT.test(next.stdout.trimEnd())]).toEqual([
      0,
      false,
      true,
    ]);
    const list = await runBfm(['token', 'list'], environment);
    expect(list.stdout).toContain('app (until ');
    expect(list.stdout + list.stderr).not.toContain(text.split('_')[3]);
    expect((await runBfm(['token', 'revoke', 'nobody'], environment)).code).toBe(4);
    expect((await runBfm(['token', 'create', 'x', '--lifetime', '400d'], environment)).code).toBe(2);
  });
});
