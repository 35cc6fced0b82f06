import { findUnsound, POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SERVER_TOKEN, startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';

/** Long enough for something to happen in the middle. */
const SECONDS = 0.3;

describe.each(POSTGRES_MAJORS)('a bfm that works through a server, on PostgreSQL %i', async (major) => {
  const state = await useTestDatabase(major);
  const target = await useTestDatabase(major);
  const environment = {
    ...connectionsTo(target.url, 'tenant'),
    BFM_STATE_URL: state.url,
    BFM_RUN_LEASE: '2s',
  };

  beforeAll(() => {
    buildCli();
  });
  beforeEach(async () => {
    await state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE');
    await target.query('DROP SCHEMA IF EXISTS one, bfm CASCADE; DROP TABLE IF EXISTS public.effect_log');
  });

  const up = ({ url }: Pick<BfmServerProcess, 'url'>, ...more: readonly string[]): BfmProcess =>
    startBfm(['up', '--server', url, '--schema', 'one', ...more], { BFM_TOKEN: SERVER_TOKEN });

  /** One that is in the middle of its run. */
  async function underWay(cli: BfmProcess): Promise<void> {
    await until(() => Promise.resolve(/\d{14} step_1 /.test(cli.said()) || cli.child.exitCode !== null), {
      what: 'the first migration to be told of',
      timeoutMs: 30_000,
    });
    expect(cli.child.exitCode, cli.said()).toBeNull();
  }

  async function expectWhole(tree: EffectTree): Promise<void> {
    const ended = async (): Promise<boolean> =>
      (await state.query(`SELECT 1 FROM bfm_state.run WHERE status = 'succeeded'`)).length === 1;
    await until(ended, { what: 'the run to end', timeoutMs: 30_000 });
    expect(await state.query('SELECT status FROM bfm_state.run')).toHaveLength(1);
    const applied = await target.query(`SELECT 1 FROM bfm.ledger WHERE status = 'applied'`);
    expect(applied).toHaveLength(tree.names.length);
  }

  /** The checker waits for sessions to end, and those of a server are kept for a while. */
  async function expectSound(tree: EffectTree, server: BfmServerProcess): Promise<void> {
    server.child.kill('SIGTERM');
    await server.ended;
    expect(await findUnsound({ url: target.url, unlogged: tree.unlogged })).toEqual([]);
  }

  it('K4 killed in the middle: the run goes on', async () => {
    await using tree = await makeEffectTree(target, { seconds: SECONDS });
    const server = await startBfmServer(tree.sfm, environment);
    const cli = up(server);
    await underWay(cli);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await expectWhole(tree);
    await expectSound(tree, server);
  });

  it('K4 interrupted: it says that the run goes on, and how to see and end it', async () => {
    await using tree = await makeEffectTree(target, { seconds: SECONDS });
    const server = await startBfmServer(tree.sfm, environment);
    const cli = up(server);
    await underWay(cli);
    cli.child.kill('SIGINT');
    const { code, stderr } = await cli.ended;
    const [run] = await state.query<{ id: string }>('SELECT id FROM bfm_state.run');
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted; the run goes on at the server.');
    expect(stderr).toContain(`bfm run watch ${run?.id ?? ''} --server ${server.url}`);
    expect(stderr).toContain(`bfm run cancel ${run?.id ?? ''} --server ${server.url}`);
    await expectWhole(tree);
    await expectSound(tree, server);
  });

  it('K4 detached: it prints the id of the run and ends', async () => {
    await using tree = await makeEffectTree(target, { seconds: 0 });
    const server = await startBfmServer(tree.sfm, environment);
    const { code, stdout } = await up(server, '--detach').ended;
    expect(code).toBe(0);
    await expectWhole(tree);
    expect(await state.query(`SELECT id FROM bfm_state.run`)).toEqual([{ id: stdout.trim() }]);
    const json = await up(server, '--detach', '--json').ended;
    expect(JSON.parse(json.stdout)).toMatchObject({ run: { status: 'succeeded' }, steps: [] });
    await expectSound(tree, server);
  });

  it('K3 its server is killed in the middle and started again: it waits, and tells the end', async () => {
    await using tree = await makeEffectTree(target, { seconds: SECONDS });
    const first = await startBfmServer(tree.sfm, environment);
    const cli = up(first);
    await underWay(cli);
    first.child.kill('SIGKILL');
    await first.ended;
    await until(() => Promise.resolve(cli.said().includes('The server does not answer')), {
      what: 'the server to be missed',
      timeoutMs: 30_000,
    });
    const { port } = new URL(first.url);
    const second = await startBfmServer(tree.sfm, { ...environment, BFM_HTTP_PORT: port });
    const { code, stdout } = await cli.ended;
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('The server answers again.');
    expect(stdout).toContain('Applied 6 migrations on 1 target');
    await expectWhole(tree);
    await expectSound(tree, second);
  });
});
