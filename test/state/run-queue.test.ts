import { randomUUID } from 'node:crypto';
import type { RunQueue, StateStore } from '@bfm/engine';
import { POSTGRES_MAJORS, startPgBouncer, until, useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { makeStateSchema, openTestState } from '../support/state-schema.ts';

const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

async function enqueue(state: StateStore, runs: readonly string[]): Promise<void> {
  await state.note(async ({ jobs }) => {
    for (const id of runs) await jobs.enqueue(id);
  });
}

function take(
  queue: RunQueue,
  work: (id: string) => Promise<void>,
  concurrency = 1,
): ReturnType<RunQueue['consume']> {
  return queue.consume({ concurrency, pollMs: 500, onError: () => undefined }, work);
}

describe.each(POSTGRES_MAJORS)('the queue on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  it('hands out what was kept, the oldest first, and nothing of what was not', async () => {
    await makeStateSchema(db);
    const state = openTestState(db.url);
    const [first = '', second = '', lost = ''] = ids(3);
    await enqueue(state, [first]);
    await enqueue(state, [second, second]);
    await expect(
      state.note(async ({ jobs }) => {
        await jobs.enqueue(lost);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await state.queue.depth()).toEqual({ waiting: 2, active: 0 });
    const taken: string[] = [];
    const consumer = await take(state.queue, (id) => {
      taken.push(id);
      return Promise.resolve();
    });
    await until(() => taken.length === 2, { what: 'both jobs' });
    await until(async () => (await state.queue.depth()).active === 0, { what: 'their end' });
    expect(taken).toEqual([first, second]);
    await consumer.stop();
    await state.close();
  });

  it('gives each job to one of many at a time, and what failed to another', async () => {
    const states = Array.from({ length: 4 }, () => openTestState(db.url));
    const [state] = states;
    if (state === undefined) throw new Error('no state');
    const runs = ids(40);
    const done: string[] = [];
    let failures = 0;
    const consumers = await Promise.all(
      states.map(({ queue }) =>
        take(
          queue,
          (id) => {
            if (id === runs[7] && (failures += 1) < 3) return Promise.reject(new Error('not yet'));
            done.push(id);
            return Promise.resolve();
          },
          3,
        ),
      ),
    );
    await enqueue(state, runs);
    for (const consumer of consumers) consumer.wake();
    await until(() => done.length >= 40, { what: 'all jobs', timeoutMs: 60_000 });
    expect([...done].sort()).toEqual([...runs].sort());
    expect(failures).toBe(3);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await Promise.all(states.map((each) => each.close()));
  });

  it('wakes whoever waits, and stops once nothing is under way', async () => {
    const state = openTestState(db.url);
    const [run = ''] = ids(1);
    const finish = Promise.withResolvers<undefined>();
    let hasBegun = false;
    const consumer = await state.queue.consume(
      { concurrency: 1, pollMs: 60_000, onError: () => undefined },
      async () => {
        hasBegun = true;
        await finish.promise;
      },
    );
    await enqueue(state, [run]);
    await until(
      () => {
        consumer.wake();
        return hasBegun;
      },
      { what: 'the job' },
    );
    let hasStopped = false;
    const stopping = consumer.stop().then(() => (hasStopped = true));
    expect(hasStopped).toBe(false);
    finish.resolve(undefined);
    await stopping;
    await state.close();
  });

  it('W2 is made once, however many make it at once', async () => {
    const states = Array.from({ length: 20 }, () => openTestState(db.url, { schema: 'bfm_many' }));
    await makeStateSchema(db, 'bfm_many');
    await Promise.all(states.map((state) => enqueue(state, ids(1))));
    expect(await states[0]?.queue.depth()).toEqual({ waiting: 20, active: 0 });
    await Promise.all(states.map((state) => state.close()));
  });

  it('B2 needs no session of its own', async () => {
    await using bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: 4 });
    await makeStateSchema(db, 'bfm_pooled');
    const states = Array.from({ length: 3 }, () =>
      openTestState(bouncer.url(db.name), { schema: 'bfm_pooled' }),
    );
    const [state] = states;
    if (state === undefined) throw new Error('no state');
    const runs = ids(30);
    const done: string[] = [];
    const consumers = await Promise.all(
      states.map(({ queue }) =>
        take(
          queue,
          (id) => {
            done.push(id);
            return Promise.resolve();
          },
          2,
        ),
      ),
    );
    await enqueue(state, runs);
    await until(() => done.length >= 30, { what: 'all jobs', timeoutMs: 60_000 });
    expect([...done].sort()).toEqual([...runs].sort());
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await Promise.all(states.map((each) => each.close()));
  });

  it('says where the state is when it cannot be reached', async () => {
    const state = openTestState('postgres://nobody@127.0.0.1:1/none');
    await expect(state.queue.depth()).rejects.toMatchObject({ code: 'state.unavailable' });
    await expect(take(state.queue, () => Promise.resolve())).rejects.toMatchObject({
      code: 'state.unavailable',
    });
    await state.close();
  });
});
