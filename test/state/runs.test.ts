import { randomUUID } from 'node:crypto';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, createRun, heldRun, START, takeRun, STATE_PLACES, useState } from './support/use-state.ts';

const ANY = { status: null, actor: null, method: null };
const DONE = { status: 'succeeded', error: null, summary: { applied: 1 } } as const;

describe.each(STATE_PLACES)('runs on $name', async (place) => {
  const { db, open } = await useState(place);

  it('are found by id, and nothing by what is none', async () => {
    const state = await open();
    const id = await createRun(state, { request: { a: [1, 'é'] }, context: { endpoint: '/x' } });
    const run = await state.read(({ runs }) => runs.find(id));
    expect(run).toMatchObject({
      id,
      status: 'queued',
      fence: '0',
      worker: null,
      request: { a: [1, 'é'] },
      context: { endpoint: '/x' },
    });
    expect(run?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    for (const none of [randomUUID(), 'x', `${id} `, "';--", `${id}\0`]) {
      expect(await state.read(({ runs }) => runs.find(none))).toBeNull();
      expect(await state.read(({ runs }) => runs.head(none))).toBeNull();
      expect(await takeRun(state, none)).toBeNull();
    }
  });

  it('come page by page, the newest first, whatever is added meanwhile', async () => {
    const state = await open();
    const ids: string[] = [];
    for (let made = 0; made < 7; made += 1) {
      ids.unshift(await createRun(state, { actor: made % 2 === 0 ? 'ann' : 'ben' }));
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await state.read(({ runs }) => runs.list(ANY, { limit: 3, after }));
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
      await createRun(state);
    } while (after !== null);
    expect(seen).toEqual(ids);
    const bens = await state.read(({ runs }) =>
      runs.list({ ...ANY, actor: 'ben' }, { limit: 10, after: null }),
    );
    expect(bens.items.map(({ id }) => id)).toEqual(ids.filter((_id, index) => index % 2 === 1));
  });

  it('are taken by one of many at once', async () => {
    const state = await open();
    const id = await createRun(state);
    const holds = await Promise.all(
      Array.from({ length: 16 }, (_, index) => takeRun(state, id, { worker: `w${index}` })),
    );
    expect(holds.filter((hold) => hold !== null)).toEqual([{ runId: id, fence: '1' }]);
    expect(await state.read(({ runs }) => runs.waiting(10))).toEqual([]);
  });

  it('Z1 are taken over when the lease is over, and whoever had them can write nothing any more', async () => {
    const state = await open();
    const id = await createRun(state);
    const zombie = await takeRun(state, id, { leaseMs: 1 });
    if (zombie === null) throw new Error('not taken');
    await until(async () => (await state.read(({ runs }) => runs.overdue(10))).includes(id), {
      what: 'its end',
    });
    const next = await takeRun(state, id, { worker: 'w2' });
    expect(next).toEqual({ runId: id, fence: '2' });
    const lost = { code: 'run.fence_lost' };
    await expect(state.heartbeat(zombie, 60_000)).rejects.toMatchObject(lost);
    await expect(state.write(ANN, START, ({ runs }) => runs.finish(zombie, DONE))).rejects.toMatchObject(
      lost,
    );
    await expect(state.write(ANN, START, ({ runs }) => runs.giveBack(zombie))).rejects.toMatchObject(lost);
    await expect(
      state.note(({ events }) => events.append(zombie, [{ type: 'a', body: {} }])),
    ).rejects.toMatchObject(lost);
    await expect(state.note(({ steps }) => steps.record(zombie, []))).rejects.toMatchObject(lost);
    expect(await state.read(({ steps }) => steps.attempts(id))).toMatchObject([
      { fence: '1', worker: 'w1', end: 'lost' },
      { fence: '2', worker: 'w2', end: null },
    ]);
  });

  it('are held as long as the lease is renewed, and given back for the next one', async () => {
    const state = await open();
    const hold = await heldRun(state);
    expect(await state.heartbeat(hold, 60_000)).toEqual({ cancelRequested: false, pauseRequested: false });
    expect(await takeRun(state, hold.runId, { worker: 'w2' })).toBeNull();
    await state.write(ANN, START, ({ runs }) => runs.giveBack(hold));
    expect(await state.read(({ runs }) => runs.waiting(10))).toEqual([hold.runId]);
    expect(await takeRun(state, hold.runId, { worker: 'w2' })).toEqual({ ...hold, fence: '2' });
    expect((await state.read(({ steps }) => steps.attempts(hold.runId)))[0]).toMatchObject({
      end: 'stopped',
    });
  });

  it('end at once when they are cancelled waiting, by their worker when they are running', async () => {
    const state = await open();
    const waiting = await createRun(state);
    const cancel = (
      id: string,
    ): Promise<{ readonly status: string; readonly cancelRequestedAt: string | null }> =>
      state.write(ANN, START, ({ runs }) => runs.requestCancel(id));
    expect(await cancel(waiting)).toMatchObject({ status: 'cancelled' });
    expect(await takeRun(state, waiting)).toBeNull();
    const hold = await heldRun(state);
    const first = await cancel(hold.runId);
    expect(first).toMatchObject({ status: 'running', cancelRequestedAt: expect.any(String) as string });
    expect(await cancel(hold.runId)).toMatchObject({ cancelRequestedAt: first.cancelRequestedAt });
    expect(await state.heartbeat(hold, 60_000)).toEqual({ cancelRequested: true, pauseRequested: false });
    await state.write(ANN, START, ({ runs }) =>
      runs.finish(hold, { status: 'cancelled', error: null, summary: {} }),
    );
    expect(await cancel(hold.runId)).toMatchObject({ status: 'cancelled' });
    await expect(cancel(randomUUID())).rejects.toMatchObject({ code: 'run.not_found' });
    await expect(cancel('nothing')).rejects.toMatchObject({ code: 'run.not_found' });
  });

  it('end once', async () => {
    const state = await open();
    const hold = await heldRun(state);
    await state.write(ANN, START, ({ runs }) => runs.finish(hold, DONE));
    expect(await state.read(({ runs }) => runs.find(hold.runId))).toMatchObject({
      ...DONE,
      worker: null,
      leaseUntil: null,
      finishedAt: expect.any(String) as string,
    });
    await expect(state.write(ANN, START, ({ runs }) => runs.finish(hold, DONE))).rejects.toMatchObject({
      code: 'run.fence_lost',
    });
    await expect(db.query(`UPDATE bfm_state.run SET status = 'failed'`)).rejects.toThrow('has ended');
    expect(await takeRun(state, hold.runId)).toBeNull();
  });
});
