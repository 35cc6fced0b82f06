import type { SchemaName } from '@bfm/core';
import type { RunEvent } from '@bfm/engine';
import {
  awaitRun,
  cancelRun,
  findRun,
  followRun,
  listRuns,
  listSteps,
  previewPlan,
  retryRun,
  startRun,
} from '@bfm/service';
import { POSTGRES_MAJORS } from '@bfm/testing';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { ANN, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const ONE = 'one' as SchemaName;
const TWO = 'two' as SchemaName;
const PAGE = { limit: 100, after: null };
const NEVER = new AbortController().signal;

describe.each(POSTGRES_MAJORS)('runs on PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  it('are planned, stored, worked on, recorded and told of', async () => {
    const { world, findUnsound } = await stage.open();
    const { control } = world;
    const plan = await previewPlan(orderFor({ schemas: [ONE] }).request, ANN, control);
    const run = await startRun(orderFor({ schemas: [ONE] }, { digest: plan.digest }), ANN, control);
    expect(run).toMatchObject({ status: 'queued', actor: 'ann', method: 'http', planDigest: plan.digest });
    const ended = awaitRun(run.id, NEVER, control);
    expect(await work(run.id, world)).toBe('ended');
    expect(await ended).toMatchObject({
      status: 'succeeded',
      error: null,
      summary: { applied: 6, failed: 0, not_started: 0 },
    });
    const steps = (await listSteps(run.id, PAGE, control)).items;
    expect(steps.map(({ position, outcome, schema }) => [position, outcome, schema])).toEqual(
      [1, 2, 3, 4, 5, 6].map((position) => [position, 'applied', 'one']),
    );
    const events: RunEvent[] = [];
    for await (const event of followRun({ runId: run.id, afterSeq: 0, signal: NEVER }, control)) {
      events.push(event);
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: 'run.started', body: { attempt: 1, steps: 6, targets: 1 } });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', body: { status: 'succeeded' } });
    expect(events.filter(({ type }) => type === 'step.finished')).toHaveLength(6);
    const projected = await world.state.read(({ projection }) =>
      projection.list({ connection: 'tenant', schema: 'one', migrationId: null, status: 'applied' }, PAGE),
    );
    expect(projected.items.map(({ runId }) => runId)).toEqual(Array(6).fill(run.id));
    const [row] = await stage.target.query<{ runs: string[] }>(
      'SELECT array_agg(DISTINCT run_id) AS runs FROM bfm.ledger',
    );
    expect(row?.runs).toEqual([run.id]);
    const audit = await world.state.read((state) =>
      state.audit.list({ actor: null, action: null, object: `run/${run.id}` }, PAGE),
    );
    expect(audit.items.map(({ action, actor }) => [action, actor.name])).toEqual([
      ['run.finish', 'worker w1'],
      ['run.take', 'worker w1'],
      ['run.start', 'ann'],
    ]);
    expect(await findUnsound()).toEqual([]);
  });

  it('note what was applied already, and change nothing then', async () => {
    const { world } = await stage.open();
    const first = await startRun(orderFor({ schemas: [ONE] }), ANN, world.control);
    await work(first.id, world);
    const again = await startRun(orderFor({ schemas: [ONE] }), ANN, world.control);
    await work(again.id, world);
    expect(await findRun(again.id, world.control)).toMatchObject({
      status: 'succeeded',
      summary: { applied: 0 },
    });
    const skips = await world.state.read((state) => state.skips.recent(null, 10));
    expect(skips.map(({ schema, actor, method }) => [schema, actor, method])).toEqual(
      Array(6).fill(['one', 'ann', 'http']),
    );
    expect(
      (await listRuns({ status: null, actor: null, method: null }, PAGE, world.control)).items.map(
        ({ id }) => id,
      ),
    ).toEqual([again.id, first.id]);
  });

  it('that ask for the same at once have one effect, and the later one says so', async () => {
    const { world, findUnsound } = await stage.open();
    const order = orderFor({ schemas: [ONE] });
    const runs = [await startRun(order, ANN, world.control), await startRun(order, ANN, world.control)];
    await Promise.all(runs.map(({ id }, index) => work(id, world, { worker: `w${index}` })));
    const ended = await Promise.all(runs.map(({ id }) => findRun(id, world.control)));
    expect(ended.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    const counts = ended.map(({ summary }) => summary as { applied: number; skipped: number });
    expect(counts.map(({ applied }) => applied).toSorted()).toEqual([0, 6]);
    expect(counts.map(({ skipped }) => skipped).toSorted()).toEqual([0, 6]);
    expect(await findUnsound()).toEqual([]);
  });

  it('that are cancelled while they wait end at once', async () => {
    const { world } = await stage.open();
    const run = await startRun(orderFor({ schemas: [ONE] }), ANN, world.control);
    expect(await cancelRun(run.id, ANN, world.control)).toMatchObject({ status: 'cancelled' });
    expect(await work(run.id, world)).toBe('not_taken');
    const events: RunEvent[] = [];
    for await (const event of followRun({ runId: run.id, afterSeq: 0, signal: NEVER }, world.control)) {
      events.push(event);
    }
    expect(events.map(({ type, body }) => [type, body['status']])).toEqual([['run.finished', 'cancelled']]);
  });

  it('that are cancelled while they run leave what is committed, and are retried for the rest', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.4 });
    const run = await startRun(orderFor({ schemas: [ONE] }), ANN, world.control);
    await expect(retryRun(run.id, ANN, world.control)).rejects.toMatchObject({ code: 'run.not_ended' });
    const end = work(run.id, world, { leaseMs: 1_500 });
    for await (const { type } of followRun({ runId: run.id, afterSeq: 0, signal: NEVER }, world.control)) {
      if (type === 'step.finished') await cancelRun(run.id, ANN, world.control);
    }
    expect(await end).toBe('ended');
    const cancelled = await findRun(run.id, world.control);
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    const { applied } = cancelled.summary as { applied: number };
    expect(applied).toBeGreaterThan(0);
    expect(applied).toBeLessThan(6);
    const again = await retryRun(run.id, ANN, world.control);
    await work(again.id, world);
    expect(await findRun(again.id, world.control)).toMatchObject({
      status: 'succeeded',
      summary: { applied: 6 - applied },
    });
    await expect(retryRun(again.id, ANN, world.control)).rejects.toMatchObject({ code: 'run.nothing_left' });
    expect(await findUnsound()).toEqual([]);
  });

  it('that are given back go on with whoever takes them next', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.2 });
    const run = await startRun(
      orderFor({ schemas: [ONE, TWO] }, { options: { concurrency: 1 } }),
      ANN,
      world.control,
    );
    const stop = new AbortController();
    const end = work(run.id, world, { stop: stop.signal });
    for await (const { type } of followRun(
      { runId: run.id, afterSeq: 0, signal: stop.signal },
      world.control,
    )) {
      if (type === 'step.finished') stop.abort();
    }
    expect(await end).toBe('given_back');
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'queued', worker: null });
    expect(await work(run.id, world, { worker: 'w2' })).toBe('ended');
    expect(await findRun(run.id, world.control)).toMatchObject({
      status: 'succeeded',
      summary: { applied: 12, skipped: 0 },
    });
    const attempts = await world.state.read(({ steps }) => steps.attempts(run.id));
    expect(attempts.map(({ worker, end: how }) => [worker, how])).toEqual([
      ['w1', 'stopped'],
      ['w2', 'succeeded'],
    ]);
    expect(await findUnsound()).toEqual([]);
  });

  it('going down by number go on with the same migrations', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.2 });
    await work((await startRun(orderFor({ schemas: [ONE] }), ANN, world.control)).id, world);
    const run = await startRun(orderFor({ direction: 'down', schemas: [ONE], steps: 3 }), ANN, world.control);
    const blocker = new Client({ connectionString: stage.target.url });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE one.step_5');
    const stop = new AbortController();
    const end = work(run.id, world, { stop: stop.signal });
    for await (const { type } of followRun(
      { runId: run.id, afterSeq: 0, signal: stop.signal },
      world.control,
    )) {
      if (type === 'step.finished') stop.abort();
    }
    await blocker.end();
    expect(await end).toBe('given_back');
    await work(run.id, world);
    expect(await findRun(run.id, world.control)).toMatchObject({
      status: 'succeeded',
      summary: { rolled_back: 3 },
    });
    const [row] = await stage.target.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM bfm.ledger WHERE status = 'applied'`,
    );
    expect(row?.left).toBe(3);
    expect(await findUnsound()).toEqual([]);
  });
});
