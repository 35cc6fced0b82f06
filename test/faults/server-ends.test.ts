import type { FailpointName } from '@bfm/core';
import { findUnsound, POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, runBfm } from '../support/bfm.ts';
import { momentsOn } from '../support/moments.ts';
import { makeStateSchema } from '../support/state-schema.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';

const LEASE = { BFM_RUN_LEASE: '2s' };
const KEY = { 'idempotency-key': 'the-same-request' };

/** S0 to S15 of a server that carries out its runs itself, where a request or a run changes hands. */
const K3_MOMENTS = [
  'request.parsed',
  'run.created',
  'run.taken',
  'target.released',
  'run.finished',
  'run.ending',
  'run.ended',
  'response.sent',
] as const satisfies readonly FailpointName[];

describe.each(POSTGRES_MAJORS)('a server that ends, on PostgreSQL %i', async (major) => {
  const state = await useTestDatabase(major);
  const target = await useTestDatabase(major);
  const environment = { ...connectionsTo(target.url, 'tenant'), BFM_STATE_URL: state.url, ...LEASE };

  beforeAll(() => {
    buildCli();
  });
  beforeEach(async () => {
    await state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE');
    await target.query('DROP SCHEMA IF EXISTS one, bfm CASCADE; DROP TABLE IF EXISTS public.effect_log');
  });

  const faultAt = (name: FailpointName, action: string): Record<string, string> => ({
    ...environment,
    BFM_ENABLE_FAILPOINTS: '1',
    BFM_FAILPOINTS: `${name}=${action}`,
  });

  async function untilAllApplied(tree: EffectTree): Promise<void> {
    const count = async (): Promise<number> =>
      (await target.query(`SELECT 1 FROM bfm.ledger WHERE status = 'applied'`)).length;
    await until(async () => (await count()) === tree.names.length, {
      what: 'everything to be applied',
      timeoutMs: 30_000,
    });
  }

  /** The checker waits for sessions to end, and those of a server are kept for a while: it looks when that is gone. */
  async function expectSound(tree: EffectTree): Promise<void> {
    expect(await findUnsound({ url: target.url, unlogged: tree.unlogged })).toEqual([]);
  }

  const runs = (): Promise<readonly { readonly id: string; readonly status: string }[]> =>
    state.query<{ id: string; status: string }>('SELECT id, status FROM bfm_state.run');

  async function expectOneRun(server: BfmServerProcess): Promise<void> {
    await until(async () => (await runs()).every(({ status }) => status === 'succeeded'), {
      what: 'the run to end',
      timeoutMs: 30_000,
    });
    expect(await runs()).toHaveLength(1);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  }

  it.each(momentsOn(major, K3_MOMENTS))(
    'K3 a server killed at %s: the same request again is the same run',
    async (name) => {
      await using tree = await makeEffectTree(target, { seconds: 0 });
      // It is made by migrations, too: they must not be what a fault comes to.
      await makeStateSchema(state);
      const first = await startBfmServer(tree.sfm, faultAt(name, 'kill'));
      // Of what was handed to the network, some may have arrived.
      const cut = await first.up(['one'], KEY).catch(() => null);
      if (name !== 'response.sent') expect(cut).toBeNull();
      await first.ended;
      const before = await runs();
      expect(before).toHaveLength(name === 'request.parsed' ? 0 : 1);
      const second = await startBfmServer(tree.sfm, environment);
      const again = await second.up(['one'], KEY);
      expect({ status: again.status, body: await again.json() }).toMatchObject({
        status: 200,
        body: { success: true },
      });
      await untilAllApplied(tree);
      await expectOneRun(second);
      if (before.length > 0) expect((await runs())[0]?.id).toBe(before[0]?.id);
      await expectSound(tree);
    },
  );

  it('W3 a server that is older than the state refuses to start, telling both versions', async () => {
    await using tree = await makeEffectTree(target, { seconds: 0 });
    const server = await startBfmServer(tree.sfm, environment);
    server.child.kill('SIGTERM');
    await server.ended;
    await state.query(`UPDATE bfm_state.state_version SET version = '29991231235959'`);
    const refused = await runBfm(['serve', '--sfm', tree.sfm], {
      ...environment,
      BFM_HTTP_PORT: '0',
      BFM_GRPC_PORT: '0',
    });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/state\.newer.*29991231235959.*knows \d{14}/s);
  });
});
