import type { SchemaName } from '@bfm/core';
import { DEFAULT_WORKER_OPTIONS, RunWorker } from '@bfm/server';
import { awaitRun, findRun, startRun } from '@bfm/service';
import { findUnsound, TcpFaultProxy, until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, openControlWorld, orderFor } from '../support/control-world.ts';
import { useControl } from '../support/use-control.ts';

const NEVER = new AbortController().signal;
const LOSSES_MAX = 2;

describe('a state that is away for longer than leases last', async () => {
  const stage = await useControl(18);

  it('is no loss of the worker: however often, the run is not given up', async () => {
    const { world, tree } = await stage.open({ kinds: ['transaction'], seconds: 2 });
    const proxy = await TcpFaultProxy.before(stage.state.url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const apart = await openControlWorld({
      stateUrl: proxy.url(stage.state.url),
      targetUrl: stage.target.url,
      sfm: tree.sfm,
    });
    onTestFinished(() => apart[Symbol.asyncDispose]());
    const options = { leaseMs: 900, lossesMax: LOSSES_MAX, sweepMs: 100, report: () => undefined };
    const worker = new RunWorker({ ...DEFAULT_WORKER_OPTIONS, ...options, worker: 'w' }, apart.control);
    onTestFinished(() => worker.drain(0));
    worker.start();
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    for (let outage = 0; outage <= LOSSES_MAX; outage += 1) {
      await until(async () => (await findRun(run.id, world.control)).status === 'running', {
        what: 'it to be taken',
      });
      proxy.refuse();
      proxy.drop();
      await until(() => worker.active.length === 0, { what: 'the worker to know that it is lost' });
      proxy.heal();
      await until(
        async () => {
          const { status, fence } = await findRun(run.id, world.control);
          return status !== 'running' || Number(fence) > outage + 1;
        },
        { what: 'it to be given back' },
      );
    }
    expect(await awaitRun(run.id, NEVER, world.control)).toMatchObject({ status: 'succeeded', error: null });
    const attempts = await world.state.read(({ steps }) => steps.attempts(run.id));
    expect(attempts.length).toBeGreaterThan(LOSSES_MAX + 1);
    expect(new Set(attempts.map(({ end }) => end))).toEqual(new Set(['stopped', 'succeeded']));
    await worker.drain(0);
    expect(await findUnsound({ url: stage.target.url })).toEqual([]);
  });
});
