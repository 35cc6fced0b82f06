import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { STATE_VERSION } from '@bfm/state';
import { findUnsound, POSTGRES_MAJORS, until } from '@bfm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEnded, startBfmServer } from '../support/bfm-server.ts';
import { BFM_LAUNCHER, buildCli, connectionsTo, runBfm, startBfm } from '../support/bfm.ts';
import { ALL_MOMENTS } from '../support/moments.ts';
import { useControl } from '../support/use-control.ts';

const NO_STATE = 'DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE';
const NEWER = '29991231235959';

describe.each(POSTGRES_MAJORS)('processes and one state, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  const folders: string[] = [];
  beforeAll(() => {
    buildCli();
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const environment = (): Record<string, string> => ({
    ...connectionsTo(stage.target.url, 'tenant'),
    BFM_STATE_URL: stage.state.url,
    BFM_HTTP_PORT: '0',
    BFM_GRPC_PORT: '0',
    BFM_API_TOKEN: 'a-token-of-tests-and-of-nobody-else',
  });

  // Twenty cost much; where it is not about the server's version, fewer do.
  const processes = ALL_MOMENTS || major === 18 ? 20 : 8;

  it(`W2 ${processes} processes that come up at once over no state at all make it once, and all of them work`, async () => {
    const { tree, findUnsound: check } = await stage.open({ seconds: 0 });
    await stage.state.query(NO_STATE);
    const serving = startBfmServer(tree.sfm, environment());
    const kept = ['serve', 'worker', 'worker'].map((command) =>
      startBfm([command, '--sfm', tree.sfm], environment()),
    );
    const names = Array.from({ length: processes - 4 }, (_, index) => `ci-${index}`);
    const made = names.map((name) => startBfm(['token', 'create', name, '--role', 'viewer'], environment()));
    for (const { ended } of made) expect(await ended).toMatchObject({ code: 0 });
    const server = await serving;
    expect((await server.up(['one'])).status).toBe(200);
    for (const each of [server, ...kept]) {
      await until(() => Promise.resolve(/"listening"|"working"/.test(each.said()) || hasEnded(each)), {
        what: 'a process to come up',
        timeoutMs: 60_000,
      });
      expect({ code: each.child.exitCode, said: each.said() }).toMatchObject({ code: null });
      each.child.kill('SIGTERM');
    }
    for (const { ended } of [server, ...kept]) expect((await ended).code).toBe(0);
    // Each migration of the state was applied once, by one of them.
    const [counts] = await stage.state.query(`
      SELECT (SELECT count(*)::int FROM bfm.ledger) AS rows, (SELECT count(DISTINCT migration_id)::int FROM bfm.event WHERE kind = 'applied') AS migrations,
        (SELECT count(*)::int FROM bfm.event WHERE kind = 'applied') AS events, (SELECT count(*)::int FROM bfm_state.token) AS tokens,
        (SELECT version FROM bfm_state.state_version) AS version`);
    expect(counts).toMatchObject({ tokens: names.length, version: STATE_VERSION });
    expect(counts?.['events']).toBe(counts?.['rows']);
    expect(counts?.['migrations']).toBe(counts?.['rows']);
    expect(await findUnsound({ url: stage.state.url, unlogged: 'all' })).toEqual([]);
    expect(await check()).toEqual([]);
  });

  /** A BFM of the next release: the same, with one more migration of the state. */
  function nextRelease(): string {
    const folder = mkdtempSync(join(tmpdir(), 'bfm-next-'));
    folders.push(folder);
    const cli = dirname(dirname(BFM_LAUNCHER));
    for (const part of ['bin', 'dist']) {
      cpSync(join(cli, part), join(folder, 'apps', 'cli', part), { recursive: true });
    }
    symlinkSync(join(cli, '..', '..', 'node_modules'), join(folder, 'node_modules'));
    const dist = join(folder, 'apps', 'cli', 'dist');
    rmSync(join(dist, 'types'), { recursive: true, force: true });
    const library = join(dist, 'lib', '@bfm', 'server.cjs');
    const text = readFileSync(library, 'utf8');
    expect(text).toContain(STATE_VERSION);
    writeFileSync(library, text.replaceAll(STATE_VERSION, NEWER));
    writeFileSync(
      join(dist, 'lib', 'sfm', 'postgresql', 'bfm_state', `${NEWER}_next.up.sql`),
      `ALTER TABLE run ADD COLUMN of_the_next_release text;\nUPDATE state_version SET version = '${NEWER}';\n`,
    );
    return join(folder, 'apps', 'cli', 'bin', 'bfm.cjs');
  }

  it('W3 once a newer release has been there the older one refuses, with both versions, and one that was up already says it is not ready', async () => {
    const { world, tree, findUnsound: check } = await stage.open({ seconds: 0 });
    await stage.state.query(NO_STATE);
    const old = await startBfmServer(tree.sfm, environment());
    expect((await old.call('/readyz')).status).toBe(200);
    const launcher = nextRelease();
    const next = await startBfmServer(tree.sfm, environment(), { launcher });
    expect((await next.up(['one'])).status).toBe(200);
    const refused = await runBfm(['serve', '--sfm', tree.sfm], environment());
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(new RegExp(`state\\.newer.*${NEWER}.*knows ${STATE_VERSION}`, 's'));
    await until(async () => (await old.call('/readyz')).status === 503, { what: 'the old one to notice' });
    for (const { child, ended } of [old, next]) {
      child.kill('SIGTERM');
      expect((await ended).code).toBe(0);
    }
    await expect(world.state.check()).rejects.toMatchObject({
      code: 'state.newer',
      details: { found: NEWER, known: STATE_VERSION },
    });
    expect(await check()).toEqual([]);
  });
});
