import type { ConnectionName, SchemaName } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { awaitRun, findRun, rebuildProjection, startRun } from '@bfm/service';
import { DEFAULT_WORKER_OPTIONS, RunWorker, type RunWorkerOptions } from '@bfm/server';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, orderFor, type ControlWorld } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const NEVER = new AbortController().signal;
const SCHEMAS = ['one', 'two', 'three'] as const;

function workerOf(
  world: ControlWorld,
  reports: unknown[],
  options: Partial<RunWorkerOptions> = {},
): RunWorker {
  const report = (error: unknown): void => void reports.push(error);
  return new RunWorker({ ...DEFAULT_WORKER_OPTIONS, worker: 'w', report, ...options }, world.control);
}

describe.each(POSTGRES_MAJORS)('a worker on PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  it('works on many runs at once and starves none of them', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0 });
    const orders = Array.from({ length: 40 }, (_, index) => SCHEMAS[index % 3] ?? 'one');
    const runs = await Promise.all(
      orders.map((schema) => startRun(orderFor({ schemas: [schema as SchemaName] }), ANN, world.control)),
    );
    const reports: unknown[] = [];
    const worker = workerOf(world, reports);
    worker.start();
    const ended = await Promise.all(runs.map(({ id }) => awaitRun(id, NEVER, world.control)));
    await worker.drain(1_000);
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const applied = ended.map(({ summary }) => (summary as { applied: number }).applied);
    expect(applied.reduce((sum, some) => sum + some, 0)).toBe(18);
    expect(reports).toEqual([]);
    expect(await findUnsound()).toEqual([]);
  });

  it('gives back what it works on when it is drained, and finds what no job tells of', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.3 });
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    const reports: unknown[] = [];
    const first = workerOf(world, reports);
    first.start();
    await until(async () => (await findRun(run.id, world.control)).status === 'running', { what: 'the run' });
    await first.drain(10_000);
    expect(first.active).toEqual([]);
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'queued', worker: null });
    await stage.state.query('DELETE FROM bfm_state_queue.job');
    const second = workerOf(world, reports);
    second.start();
    expect(await awaitRun(run.id, NEVER, world.control)).toMatchObject({
      status: 'succeeded',
      summary: { applied: 6 },
    });
    await second.drain(10_000);
    expect(reports).toEqual([]);
    expect(await findUnsound()).toEqual([]);
  });

  it('lets a small run go before large ones that have all places, and loses nothing of those', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.1 });
    const start = (schemas: readonly string[]): Promise<StoredRun> =>
      startRun(
        orderFor({ schemas: schemas as SchemaName[] }, { options: { concurrency: 1 } }),
        ANN,
        world.control,
      );
    const large = await Promise.all([start(['one', 'two']), start(['three', 'four'])]);
    const reports: unknown[] = [];
    const worker = workerOf(world, reports, { concurrency: 2, turnMs: 300, sweepMs: 100 });
    worker.start();
    await until(() => worker.active.length === 2, { what: 'both to be worked on' });
    const small = await start(['five']);
    const ended = await awaitRun(small.id, NEVER, world.control);
    expect(ended).toMatchObject({ status: 'succeeded', summary: { applied: 6 } });
    const rest = await Promise.all(large.map(({ id }) => awaitRun(id, NEVER, world.control)));
    await worker.drain(1_000);
    expect(rest).toMatchObject([1, 2].map(() => ({ status: 'succeeded', summary: { applied: 12 } })));
    const last =
      rest
        .map(({ finishedAt }) => finishedAt ?? '')
        .toSorted()
        .at(-1) ?? '';
    expect(last > (ended.finishedAt ?? '')).toBe(true);
    expect(Math.max(...rest.map(({ fence }) => Number(fence)))).toBeGreaterThan(1);
    expect(reports).toEqual([]);
    expect(await findUnsound()).toEqual([]);
  });

  it('leaves a projection that is the same when it is made anew from the ledger', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0 });
    await work((await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control)).id, world);
    const down = orderFor({ direction: 'down', schemas: ['one' as SchemaName], steps: 2 });
    await work((await startRun(down, ANN, world.control)).id, world);
    const look = (): Promise<unknown[]> =>
      stage.state.query(
        'SELECT connection, schema, migration_id, backend, status, checksum, run_id, error FROM bfm_state.projection ORDER BY 1, 2, 3',
      );
    const before = await look();
    await stage.state.query(`UPDATE bfm_state.projection SET status = 'pending', run_id = 'nobody'`);
    expect(await rebuildProjection('tenant' as ConnectionName, ANN, world.control)).toBe(6);
    expect(await look()).toEqual(before);
    expect(await findUnsound()).toEqual([]);
  });
});
