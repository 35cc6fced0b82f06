import { isBfmError, type FailpointName, type SchemaName } from '@bfm/core';
import { findRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, stateOf, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, orderFor } from '../support/control-world.ts';
import { momentsOn } from '../support/moments.ts';
import { startWorker } from '../support/start-worker.ts';
import { useControl, work } from '../support/use-control.ts';
import { CONTROL_SCENES } from './control-scenes.ts';

const LEASE_MS = 1_500;
/** Five seconds on a machine of its own. */
const TAKEN_OVER_WITHIN_MS = 30_000;
const PAGE = { limit: 100, after: null };

/** Moments inside of a target, S4 to S14: before and after its COMMIT. */
const IN_TARGET: readonly FailpointName[] = [
  'target.connected',
  'target.taken',
  'step.fence_checked',
  'step.statement_sending',
  'step.statement_done',
  'step.recorded',
  'step.commit_sent',
  'step.commit_acknowledged',
  'target.released',
  'run.finished',
];

const IN_STATE = Object.entries(CONTROL_SCENES).flatMap(([name, scenes]) =>
  scenes.filter(({ who }) => who === 'worker').map(({ hit, hasEnded }) => ({ name, hit, hasEnded })),
);

/** What happens inside of a target is tried on both servers without a worker: here they share all of it. */
const SCENES = [...IN_TARGET.map((name) => ({ name, hit: 1, hasEnded: false })), ...IN_STATE];

/** Frozen in the middle of a transaction it keeps the run's row, until the server has heard nothing of it for long enough. */
function unlessAway(error: unknown): void {
  if (!isBfmError(error) || error.code !== 'state.unavailable') throw error;
}

describe.each(POSTGRES_MAJORS)('kill -9 of a worker on PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  it.each(momentsOn(major, SCENES))(
    'K1 at $name, $hit: another worker goes on, each effect once',
    async ({ name, hit, hasEnded }) => {
      const { world, tree, findUnsound } = await stage.open({ seconds: 0 });
      const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
      const victim = startWorker({
        name: 'victim',
        stateUrl: stage.state.url,
        targetUrl: stage.target.url,
        sfm: tree.sfm,
        leaseMs: LEASE_MS,
        failpoints: `${name}=kill@${hit}`,
      });
      expect({ ...(await victim.ended), said: victim.said() }).toMatchObject({ signal: 'SIGKILL' });
      const sinceMs = performance.now();
      const last = await until(
        async () => {
          await work(run.id, world, { worker: 'heir' });
          const found = await findRun(run.id, world.control);
          return found.status === 'queued' || found.status === 'running' ? null : found;
        },
        { what: 'the run to end', timeoutMs: 60_000 },
      );
      expect(performance.now() - sinceMs).toBeLessThan(LEASE_MS + TAKEN_OVER_WITHIN_MS);
      expect(last).toMatchObject({
        status: 'succeeded',
        error: null,
        summary: { applied: 6, skipped: 0, failed: 0 },
      });
      const attempts = await world.state.read(({ steps }) => steps.attempts(run.id));
      const heirs = hasEnded ? [] : [{ fence: '2', worker: 'heir', end: 'succeeded' }];
      expect(attempts).toMatchObject([
        { fence: '1', worker: 'victim', end: hasEnded ? 'succeeded' : 'lost' },
        ...heirs,
      ]);
      const projected = await world.state.read(({ projection }) =>
        projection.list({ connection: null, schema: null, migrationId: null, status: 'applied' }, PAGE),
      );
      expect(projected.items.map(({ runId }) => runId)).toEqual(Array(6).fill(run.id));
      expect(await findUnsound()).toEqual([]);
    },
  );

  it('Q1 a run that ends every worker is given up, and others go on', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 0 });
    const poison = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    for (const name of ['first', 'second']) {
      const victim = startWorker({
        name,
        stateUrl: stage.state.url,
        targetUrl: stage.target.url,
        sfm: tree.sfm,
        leaseMs: 600,
        failpoints: 'target.taken=kill',
      });
      expect(await victim.ended).toMatchObject({ signal: 'SIGKILL' });
    }
    const other = await startRun(orderFor({ schemas: ['two' as SchemaName] }), ANN, world.control);
    const healthy = startWorker({
      name: 'third',
      stateUrl: stage.state.url,
      targetUrl: stage.target.url,
      sfm: tree.sfm,
      leaseMs: 600,
      environment: { WORKER_LOSSES_MAX: '3' },
      failpoints: 'target.taken=hang',
    });
    await until(async () => (await findRun(poison.id, world.control)).worker === 'third', {
      what: 'the third worker',
    });
    healthy.child.kill('SIGKILL');
    await healthy.ended;
    await until(
      async () => {
        await work(poison.id, world, { worker: 'fourth', lossesMax: 3 });
        return (await findRun(poison.id, world.control)).status === 'failed';
      },
      { what: 'the run to be given up' },
    );
    expect(await findRun(poison.id, world.control)).toMatchObject({
      status: 'failed',
      error: { code: 'run.poisoned' },
      summary: { not_started: 6 },
    });
    await until(
      async () => {
        await work(other.id, world, { worker: 'fourth' });
        return (await findRun(other.id, world.control)).status === 'succeeded';
      },
      { what: 'the other run' },
    );
    expect(await findUnsound()).toEqual([]);
  });

  it('Q1 a worker that got something done before it was lost was not ended by the run', async () => {
    const { world, findUnsound } = await stage.open({ seconds: 0.4 });
    const options = { concurrency: 1 };
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }, { options }), ANN, world.control);
    const stop = new AbortController();
    const end = work(run.id, world, { worker: 'first', stop: stop.signal });
    await until(
      async () => (await world.state.read(({ steps }) => steps.ofRun(run.id, PAGE))).items.length > 0,
      { what: 'a step to be recorded' },
    );
    stop.abort();
    expect(await end).toBe('given_back');
    // As if nobody had heard of it any more.
    await stage.state.query(`UPDATE bfm_state.attempt SET ended_as = 'lost'`);
    expect(await work(run.id, world, { worker: 'second', lossesMax: 1 })).toBe('ended');
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'succeeded', fence: '2' });
    expect(await findUnsound()).toEqual([]);
  });

  it('Z1 a worker that was frozen writes nothing into the state once another has its run', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 0 });
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    // Its work is done, and it has not told so yet.
    const zombie = startWorker({
      name: 'zombie',
      stateUrl: stage.state.url,
      targetUrl: stage.target.url,
      sfm: tree.sfm,
      leaseMs: 1_000,
      failpoints: 'target.released=stop',
    });
    await until(async () => (await findRun(run.id, world.control)).worker === 'zombie', {
      what: 'the zombie',
    });
    await until(async () => (await stateOf(zombie.child.pid ?? 0)) === 'T', {
      what: 'the zombie to be frozen',
    });
    await until(
      async () => {
        await work(run.id, world, { worker: 'heir' }).catch(unlessAway);
        return (await findRun(run.id, world.control)).status === 'succeeded';
      },
      { what: 'the heir to end the run', timeoutMs: 100_000 },
    );
    const ended = await findRun(run.id, world.control);
    const look = async (): Promise<unknown> => ({
      events: await world.state.read(({ events }) => events.after(run.id, 0, 1_000)),
      steps: await world.state.read(({ steps }) => steps.ofRun(run.id, PAGE)),
      attempts: await world.state.read(({ steps }) => steps.attempts(run.id)),
    });
    const stood = await look();
    zombie.child.kill('SIGCONT');
    zombie.child.kill('SIGTERM');
    await until(() => zombie.said().includes('drained'), { what: 'the zombie to end' });
    zombie.child.kill('SIGKILL');
    await zombie.ended;
    expect(await findRun(run.id, world.control)).toEqual(ended);
    expect(await look()).toEqual(stood);
    expect(ended).toMatchObject({ fence: '2', summary: { failed: 0, not_started: 0 } });
    expect(await findUnsound()).toEqual([]);
  });
});
