import type { SchemaName } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { DEFAULT_WORKER_OPTIONS, RunWorker } from '@bfm/server';
import { awaitRun, cancelRun, findRun, followRun, pauseRun, resumeRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, openControlWorld, orderFor, type ControlWorld } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const ONE = 'one' as SchemaName;
const NEVER = new AbortController().signal;
/** Heartbeats are 20 seconds apart: what is heard earlier was heard otherwise. */
const LEASE_MS = 60_000;

function start(world: ControlWorld): Promise<StoredRun> {
  return startRun(orderFor({ schemas: [ONE] }, { options: { concurrency: 1 } }), ANN, world.control);
}

async function firstStep(runId: string, { control }: ControlWorld): Promise<void> {
  for await (const { type } of followRun({ runId, afterSeq: 0, signal: NEVER }, control)) {
    if (type === 'step.finished') return;
  }
}

describe.each(POSTGRES_MAJORS)('pauses of runs, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  /** The same control plane in another process. */
  async function another({ tree }: { readonly tree: { readonly sfm: string } }): Promise<ControlWorld> {
    const world = await openControlWorld({
      stateUrl: stage.state.url,
      targetUrl: stage.target.url,
      sfm: tree.sfm,
    });
    onTestFinished(() => world[Symbol.asyncDispose]());
    return world;
  }

  function workerOf({ control }: ControlWorld): RunWorker {
    const options = { ...DEFAULT_WORKER_OPTIONS, leaseMs: LEASE_MS, worker: 'w', report: () => undefined };
    const worker = new RunWorker(options, control);
    onTestFinished(() => worker.drain(0));
    worker.start();
    return worker;
  }

  it('keep a run that waits from being taken until it is resumed, and are in the audit', async () => {
    const { world } = await stage.open();
    const { control, state } = world;
    const run = await start(world);
    expect(await pauseRun(run.id, ANN, control)).toMatchObject({ status: 'paused', worker: null });
    expect(await pauseRun(run.id, ANN, control)).toMatchObject({ status: 'paused' });
    expect(await work(run.id, world)).toBe('not_taken');
    expect(await state.read(({ runs }) => runs.waiting(10))).toEqual([]);
    expect(await resumeRun(run.id, ANN, control)).toMatchObject({ status: 'queued', pauseRequestedAt: null });
    expect(await work(run.id, world)).toBe('ended');
    expect(await findRun(run.id, control)).toMatchObject({ status: 'succeeded', pauseRequestedAt: null });
    await expect(pauseRun(run.id, ANN, control)).rejects.toMatchObject({ code: 'run.ended' });
    await expect(resumeRun(run.id, ANN, control)).rejects.toMatchObject({ code: 'run.ended' });
    await expect(pauseRun('none', ANN, control)).rejects.toMatchObject({ code: 'run.not_found' });
    const filter = { actor: 'ann', action: null, object: `run/${run.id}` };
    const { items } = await state.read(({ audit }) => audit.list(filter, { limit: 10, after: null }));
    expect(items.map(({ action }) => action)).toEqual(['run.resume', 'run.pause', 'run.pause', 'run.start']);
  });

  it('have a running one end the migration it is at, and go on from there when it is resumed', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.2 });
    const { control, state } = world;
    const run = await start(world);
    const end = work(run.id, world, { leaseMs: LEASE_MS });
    await firstStep(run.id, world);
    expect(await pauseRun(run.id, ANN, control)).toMatchObject({ status: 'running' });
    expect(await end).toBe('given_back');
    expect(await findRun(run.id, control)).toMatchObject({
      status: 'paused',
      worker: null,
      leaseUntil: null,
    });
    const page = { limit: 100, after: null };
    const { items } = await state.read(({ steps }) => steps.ofRun(run.id, page));
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(6);
    expect(new Set(items.map(({ outcome }) => outcome))).toEqual(new Set(['applied']));
    await resumeRun(run.id, ANN, control);
    expect(await work(run.id, world, { worker: 'w2' })).toBe('ended');
    expect(await findRun(run.id, control)).toMatchObject({ status: 'succeeded', summary: { applied: 6 } });
    const attempts = await state.read(({ steps }) => steps.attempts(run.id));
    expect(attempts.map(({ end: how }) => how)).toEqual(['stopped', 'succeeded']);
    expect(await findUnsound()).toEqual([]);
  });

  it('and wishes to cancel are heard long before the next heartbeat, wherever they were asked', async () => {
    const opened = await stage.open({ seconds: 1 });
    const { world } = opened;
    const elsewhere = await another(opened);
    workerOf(world);
    const run = await start(world);
    await firstStep(run.id, world);
    await pauseRun(run.id, ANN, elsewhere.control);
    const status = async (): Promise<string> => (await findRun(run.id, world.control)).status;
    await until(async () => (await status()) === 'paused', { what: 'the pause', timeoutMs: LEASE_MS / 4 });
    await resumeRun(run.id, ANN, elsewhere.control);
    await until(async () => (await status()) === 'running', { what: 'the run', timeoutMs: LEASE_MS / 4 });
    await cancelRun(run.id, ANN, elsewhere.control);
    await until(async () => (await status()) === 'cancelled', { what: 'the end', timeoutMs: LEASE_MS / 4 });
    expect(await opened.findUnsound()).toEqual([]);
  });

  it('that a lost worker did not hear are heard by whoever takes the run over', async () => {
    const { world } = await stage.open();
    const run = await start(world);
    const action = { action: 'run.take', object: `run/${run.id}`, result: 'ok', detail: {} } as const;
    await world.state.write(ANN, action, ({ runs }) =>
      runs.take({ runId: run.id, worker: 'lost', leaseMs: 1 }),
    );
    await pauseRun(run.id, ANN, world.control);
    await until(async () => (await work(run.id, world)) === 'given_back', { what: 'the end of the lease' });
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'paused' });
    expect(await cancelRun(run.id, ANN, world.control)).toMatchObject({ status: 'cancelled' });
    expect(await awaitRun(run.id, NEVER, world.control)).toMatchObject({ status: 'cancelled' });
  });
});
