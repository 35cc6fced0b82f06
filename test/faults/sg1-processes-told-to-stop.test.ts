import type { FailpointName, SchemaName } from '@bfm/core';
import { findRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, stateOf, until } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBfmServer } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { ANN, orderFor } from '../support/control-world.ts';
import { momentsOn } from '../support/moments.ts';
import { useControl, work } from '../support/use-control.ts';

const ORDER = orderFor({ schemas: ['one' as SchemaName] });

/** S2 to S12. Servers and workers carry out runs by the same code: they take turns. */
const MOMENTS = [
  ['run.taken', 'worker'],
  ['target.connected', 'serve'],
  ['target.taken', 'serve'],
  ['step.fence_checked', 'worker'],
  ['step.statement_sending', 'worker'],
  ['step.statement_done', 'serve'],
  ['step.recorded', 'serve'],
  ['step.commit_sent', 'worker'],
  ['step.commit_acknowledged', 'worker'],
  ['run.noted', 'serve'],
  ['run.ending', 'serve'],
] as const satisfies readonly (readonly [FailpointName, 'serve' | 'worker'])[];

describe.each(POSTGRES_MAJORS)('a process told to stop, on PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  beforeAll(() => {
    buildCli();
  });

  const start = (
    command: 'serve' | 'worker',
    sfm: string,
    more: Readonly<Record<string, string>> = {},
  ): BfmProcess => {
    const process = startBfm([command, '--sfm', sfm], {
      ...connectionsTo(stage.target.url, 'tenant'),
      BFM_STATE_URL: stage.state.url,
      BFM_HTTP_PORT: '0',
      BFM_GRPC_PORT: '0',
      BFM_API_TOKEN: 'a-token-of-tests-and-of-nobody-else',
      ...more,
    });
    onTestFinished(() => void process.child.kill('SIGKILL'));
    return process;
  };

  const untilSleeping = (): Promise<unknown> =>
    until(
      async () =>
        (
          await stage.target.query(
            `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND wait_event = 'PgSleep'`,
          )
        ).length > 0,
      { what: 'the statement to run', timeoutMs: 20_000 },
    );

  it.each(momentsOn(major, MOMENTS))(
    'SG1 at %s, bfm %s ends what is under way, gives the rest back, and leaves nothing held',
    async (name, command) => {
      const { world, tree, findUnsound } = await stage.open({ seconds: 0 });
      const run = await startRun(ORDER, ANN, world.control);
      const told = start(command, tree.sfm, {
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: `${name}=stop`,
      });
      await until(async () => (await stateOf(told.child.pid ?? 0)) === 'T', {
        what: `${name} to be reached`,
        timeoutMs: 20_000,
      });
      told.child.kill('SIGTERM');
      told.child.kill('SIGCONT');
      expect({ code: (await told.ended).code, said: told.said() }).toMatchObject({ code: 0 });
      const left = await findRun(run.id, world.control);
      expect(['queued', 'succeeded']).toContain(left.status);
      const attempts = await world.state.read(({ steps }) => steps.attempts(run.id));
      expect(attempts).toMatchObject([{ end: left.status === 'queued' ? 'stopped' : 'succeeded' }]);
      await work(run.id, world);
      expect(await findRun(run.id, world.control)).toMatchObject({
        status: 'succeeded',
        summary: { applied: 6, skipped: 0, failed: 0 },
      });
      expect(await findUnsound()).toEqual([]);
    },
  );

  it('SG1 says first that it is not ready; a second SIGTERM does not wait for a long statement', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 600, kinds: ['transaction'] });
    const server = await startBfmServer(tree.sfm, {
      ...connectionsTo(stage.target.url, 'tenant'),
      BFM_STATE_URL: stage.state.url,
    });
    const run = await startRun(ORDER, ANN, world.control);
    await untilSleeping();
    server.child.kill('SIGTERM');
    await until(() => Promise.resolve(server.said().includes('"stopping"')), {
      what: 'it to stop',
      timeoutMs: 5_000,
    });
    expect((await server.call('/readyz').catch(() => null))?.status ?? 503).toBe(503);
    expect(server.child.exitCode).toBeNull();
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'queued', worker: null });
    expect(await findUnsound()).toEqual([]);
  });

  it('SG1 whose grace is over is as one that was killed: its statement is cancelled, the run goes on elsewhere', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 600, kinds: ['transaction'] });
    const worker = start('worker', tree.sfm, { BFM_SHUTDOWN_GRACE: '1s' });
    const run = await startRun(ORDER, ANN, world.control);
    await untilSleeping();
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'queued', worker: null });
    expect(await findUnsound()).toEqual([]);
  });
});
