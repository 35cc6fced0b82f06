import type { SlotAnswer, StateStore } from '@bfm/engine';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { STATE_PLACES, useState } from './support/use-state.ts';

describe.each(STATE_PLACES)('budgets of connections on $name', async (place) => {
  const { db, open } = await useState(place);
  const take = (
    state: StateStore,
    holder: string,
    { budget = 2, leaseMs = 60_000 } = {},
  ): Promise<SlotAnswer> => state.note(({ slots }) => slots.take({ store: 'S', holder, budget, leaseMs }));

  it('go to whoever has waited longest', async () => {
    const state = await open();
    const answers: SlotAnswer[] = [];
    for (const holder of ['a', 'b', 'c', 'd']) answers.push(await take(state, holder));
    expect(answers).toEqual([
      { ok: true, slot: 1 },
      { ok: true, slot: 2 },
      { ok: false, ahead: 0 },
      { ok: false, ahead: 1 },
    ]);
    expect(await state.note(({ slots }) => slots.waiting('S'))).toBe(2);
    await state.note(({ slots }) => slots.release('S', 'a'));
    expect([await take(state, 'e'), await take(state, 'd'), await take(state, 'c')]).toEqual([
      { ok: false, ahead: 2 },
      { ok: false, ahead: 1 },
      { ok: true, slot: 1 },
    ]);
  });

  it('hold when many ask at once', async () => {
    const state = await open();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => take(state, `h${index}`)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
    const slots = await db.query('SELECT slot FROM bfm_state.connection_slot ORDER BY slot');
    expect(slots).toEqual([{ slot: 1 }, { slot: 2 }]);
  });

  it('are renewed by whoever has one, under the same number', async () => {
    const state = await open();
    await take(state, 'a');
    expect(await take(state, 'a')).toEqual({ ok: true, slot: 1 });
    expect(await take(state, 'a', { budget: 1 })).toEqual({ ok: true, slot: 1 });
  });

  it('end with their leases, places in the queue too', async () => {
    const state = await open();
    await take(state, 'dead', { budget: 1, leaseMs: 1 });
    await take(state, 'gone', { budget: 1, leaseMs: 1 });
    await until(async () => (await take(state, 'b', { budget: 1 })).ok, {
      what: 'the dead one to be forgotten',
    });
    expect(await state.note(({ slots }) => slots.waiting('S'))).toBe(0);
  });

  it('count slots beyond a smaller budget as taken', async () => {
    const state = await open();
    for (const holder of ['a', 'b', 'c']) await take(state, holder, { budget: 3 });
    await state.note(({ slots }) => slots.release('S', 'a'));
    expect(await take(state, 'd', { budget: 2 })).toEqual({ ok: false, ahead: 0 });
    await state.note(({ slots }) => slots.release('S', 'b'));
    expect(await take(state, 'd', { budget: 2 })).toEqual({ ok: true, slot: 1 });
  });
});
