import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { heldRun, stepOf, STATE_PLACES, useState } from './support/use-state.ts';

const ANY = { migrationId: null, connection: null, schema: null, outcome: null };

describe.each(STATE_PLACES)('what runs leave behind, on $name', async (place) => {
  const { db, open } = await useState(place);

  it('is kept of 10,000 steps at once, and what is recorded again replaces what was', async () => {
    const state = await open();
    const hold = await heldRun(state);
    const steps = Array.from({ length: 10_000 }, (_, index) => stepOf(index + 1));
    await state.note((notes) => notes.steps.record(hold, steps));
    const failed = stepOf(2, { outcome: 'failed', error: { code: 'step.failed' }, attempts: 3 });
    await state.note((notes) => notes.steps.record(hold, [failed]));
    const first = await state.read(({ steps: kept }) =>
      kept.ofRun(hold.runId, { limit: 1_000, after: null }),
    );
    expect(first.items).toHaveLength(1_000);
    expect(first.items.slice(0, 2)).toMatchObject([stepOf(1), failed]);
    const second = await state.read(({ steps: kept }) =>
      kept.ofRun(hold.runId, { limit: 1_000, after: first.next }),
    );
    expect(second.items[0]?.position).toBe(1_001);
    const history = await state.read(({ steps: kept }) => kept.history(ANY, { limit: 2, after: null }));
    expect(history.items.map(({ position }) => position)).toEqual([2, 10_000]);
    const further = await state.read(({ steps: kept }) =>
      kept.history(ANY, { limit: 2, after: history.next }),
    );
    expect(further.items.map(({ position }) => position)).toEqual([9_999, 9_998]);
    expect(
      await state.read(({ steps: kept }) =>
        kept.history({ ...ANY, outcome: 'failed' }, { limit: 5, after: null }),
      ),
    ).toMatchObject({ items: [{ position: 2 }], next: null });
  });

  it('numbers events without gaps, however many write at once', async () => {
    const state = await open();
    const hold = await heldRun(state);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        state.note(({ events }) =>
          events.append(hold, [
            { type: 'a', body: { index } },
            { type: 'b', body: { index } },
          ]),
        ),
      ),
    );
    const events = await state.read((reads) => reads.events.after(hold.runId, 0, 100));
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    // Those of one call stand together.
    for (let index = 0; index < 40; index += 2) expect(events[index]?.body).toEqual(events[index + 1]?.body);
    expect(
      (await state.read((reads) => reads.events.after(hold.runId, 38, 100))).map(({ seq }) => seq),
    ).toEqual([39, 40]);
  });

  it('keeps events once that are sent again because nobody heard that they were kept', async () => {
    const state = await open();
    const hold = await heldRun(state);
    const told = ['a', 'b', 'c'].map((type) => ({ type, body: {} }));
    const send = (after: number, count: number): Promise<number> =>
      state.note(({ events }) => events.append(hold, told.slice(after, after + count), after));
    expect([
      await send(0, 2),
      await send(0, 2),
      await send(2, 1),
      await send(0, 3),
      await send(3, 0),
    ]).toEqual([2, 2, 3, 3, 3]);
    expect(await state.read(({ events }) => events.last(hold.runId))).toBe(3);
    const events = await state.read((reads) => reads.events.after(hold.runId, 0, 100));
    expect(events.map(({ type }) => type)).toEqual(['a', 'b', 'c']);
  });

  it('drops events beyond the millionth', async () => {
    const state = await open();
    const hold = await heldRun(state);
    await db.query('ALTER TABLE bfm_state.run_event DROP CONSTRAINT run_event_follows_another');
    await db.query('UPDATE bfm_state.run SET event_seq = 999999');
    const three = Array.from({ length: 3 }, (_, index) => ({ type: 'a', body: { index } }));
    expect(await state.note(({ events }) => events.append(hold, three))).toBe(1_000_000);
    expect(await state.note(({ events }) => events.append(hold, three))).toBe(1_000_000);
    expect(await state.read(({ events }) => events.after(hold.runId, 0, 10))).toMatchObject([
      { seq: 1_000_000, body: { index: 0 } },
    ]);
  });

  it('has nothing of a run that never was', async () => {
    const state = await open();
    for (const none of [randomUUID(), 'x', '']) {
      expect(await state.read(({ events }) => events.after(none, 0, 10))).toEqual([]);
      expect(await state.read(({ steps }) => steps.attempts(none))).toEqual([]);
      expect(await state.read(({ steps }) => steps.ofRun(none, { limit: 10, after: null }))).toEqual({
        items: [],
        next: null,
      });
    }
  });

  it.each([Number.NaN, -1, 0.5, 2 ** 60])('refuses %d as the last event seen', async (seen) => {
    const state = await open();
    await expect(state.read(({ events }) => events.after(randomUUID(), seen, 10))).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
