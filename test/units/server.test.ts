import { until, useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { makeStateSchema } from '../support/state-schema.ts';
import { ORDER, useThreeStores } from './three-stores-world.ts';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly summary: Readonly<Record<string, number>>;
}

describe('a tenant in three stores, by a server', async () => {
  const state = await useTestDatabase(18);
  const { sfm, environment, tenant, breakLast, there, unsound } = await useThreeStores();
  const settings = { ...environment, BFM_STATE_URL: state.url, BFM_RUN_LEASE: '2s' };

  beforeEach(async () => {
    await state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE');
    // It is made by migrations, too: they must not be what a fault comes to.
    await makeStateSchema(state);
  });

  async function start(server: BfmServerProcess): Promise<Run> {
    const answer = await server.call('/api/v1/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schemas: [tenant()], options: { unit: 'tenant', on_failure: 'compensate' } }),
    });
    expect(answer.status).toBe(202);
    return (await answer.json()) as Run;
  }

  async function ended({ id }: Run, server: BfmServerProcess): Promise<Run> {
    return until(
      async () => {
        const run = (await (await server.call(`/api/v1/runs/${id}`)).json()) as Run;
        return run.status === 'queued' || run.status === 'running' ? null : run;
      },
      { what: 'the run to end', timeoutMs: 30_000 },
    );
  }

  async function stop(server: BfmServerProcess): Promise<void> {
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  }

  it('is taken back to the start when the last store fails', async () => {
    await breakLast();
    const server = await startBfmServer(sfm, settings);
    const run = await ended(await start(server), server);
    expect(run).toMatchObject({ status: 'failed', summary: { rolled_back: 5, failed: 1, applied: 0 } });
    expect(await there()).toEqual([]);
    await stop(server);
    expect(await unsound()).toEqual([]);
  });

  // The fifth commit is that of the last step before the failing one, the sixth the first of taking back.
  it.each([3, 6, 8, 10])(
    'is taken back to the start by the next server when the first is killed at commit %i',
    async (commit) => {
      await breakLast();
      const first = await startBfmServer(sfm, {
        ...settings,
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: `step.commit_sent=kill@${commit}`,
      });
      const run = await start(first);
      expect((await first.ended).code).toBeNull();
      const second = await startBfmServer(sfm, settings);
      expect(await ended(run, second)).toMatchObject({
        status: 'failed',
        summary: { rolled_back: 5, failed: 1, applied: 0 },
      });
      expect(await there()).toEqual([]);
      await stop(second);
      expect(await unsound()).toEqual([]);
    },
  );

  it('goes to the end when the server is killed on the way', async () => {
    const first = await startBfmServer(sfm, {
      ...settings,
      BFM_ENABLE_FAILPOINTS: '1',
      BFM_FAILPOINTS: 'step.recorded=kill@4',
    });
    const run = await start(first);
    expect((await first.ended).code).toBeNull();
    const second = await startBfmServer(sfm, settings);
    expect(await ended(run, second)).toMatchObject({ status: 'succeeded', summary: { applied: 6 } });
    expect(await there()).toEqual(ORDER);
    await stop(second);
    expect(await unsound()).toEqual([]);
  });
});
