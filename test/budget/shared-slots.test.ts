import { setTimeout as pause } from 'node:timers/promises';
import type { StateStore, TargetStore } from '@bfm/engine';
import { PROCESS_CLOCK } from '@bfm/runtime';
import { ConnectionBudget } from '@bfm/service';
import { until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { STATE_PLACES, useState } from '../state/support/use-state.ts';

const NEVER = new AbortController().signal;
const BUDGET = 3;

/** All that budgets ask of a store. */
const STORE = { identity: () => Promise.resolve('the store'), sessionsMax: BUDGET } as TargetStore;

function budgetOf(worker: string, state: StateStore, leaseMs = 3_000): ConnectionBudget {
  const budget = new ConnectionBudget({
    worker,
    leaseMs,
    state,
    clock: PROCESS_CLOCK,
    random: () => Math.random(),
  });
  onTestFinished(() => budget[Symbol.asyncDispose]());
  return budget;
}

describe.each(STATE_PLACES)('budgets of sessions on $name', async (place) => {
  const { db, open } = await useState(place);
  const count = async (table: string): Promise<number> =>
    (await db.query(`SELECT 1 FROM bfm_state.${table}`)).length;

  it('hold over all processes, and all of them get on', async () => {
    const state = await open();
    let inside = 0;
    let most = 0;
    const done: string[] = [];
    const work = async (worker: string, budget: ConnectionBudget): Promise<void> => {
      for (let turn = 0; turn < 6; turn += 1) {
        const got = await budget.enter(STORE, NEVER);
        if (got === null) throw new Error('nobody has given up');
        inside += 1;
        most = Math.max(most, inside);
        await pause(5);
        inside -= 1;
        got.leave();
        done.push(worker);
      }
    };
    const workers = ['a', 'b', 'c'].map((name) => ({ name, budget: budgetOf(name, state) }));
    await Promise.all(
      workers.flatMap(({ name, budget }) => Array.from({ length: 4 }, () => work(name, budget))),
    );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(BUDGET);
    expect(done).toHaveLength(72);
    await Promise.all(workers.map(({ budget }) => budget[Symbol.asyncDispose]()));
    expect([await count('connection_slot'), await count('slot_waiter')]).toEqual([0, 0]);
  });

  it('let in who came later while somebody goes on and on', async () => {
    const state = await open();
    const [greedy, late] = [budgetOf('greedy', state), budgetOf('late', state)];
    const enough = new AbortController();
    const goOn = async (): Promise<void> => {
      while (!enough.signal.aborted) {
        const got = await greedy.enter(STORE, enough.signal);
        await pause(1);
        got?.leave();
      }
    };
    const going = Promise.all(Array.from({ length: 8 }, goOn));
    await until(async () => (await count('connection_slot')) === BUDGET, { what: 'all to be taken' });
    const got = await late.enter(STORE, NEVER);
    expect(got).not.toBeNull();
    got?.leave();
    enough.abort();
    await going;
  });

  it('come back when their process is gone', async () => {
    const state = await open();
    // Nobody looks after these.
    for (const holder of ['dead/0', 'dead/1', 'dead/2']) {
      await state.note(({ slots }) =>
        slots.take({ store: 'the store', holder, budget: BUDGET, leaseMs: 300 }),
      );
    }
    const got = await budgetOf('heir', state).enter(STORE, NEVER);
    expect(got).not.toBeNull();
    got?.leave();
  });

  it('keep no place for who has given up', async () => {
    const state = await open();
    const full = budgetOf('full', state);
    const places = await Promise.all(Array.from({ length: BUDGET }, () => full.enter(STORE, NEVER)));
    const giveUp = new AbortController();
    const other = budgetOf('other', state);
    const waiting = other.enter(STORE, giveUp.signal);
    await until(async () => (await count('slot_waiter')) === 1, { what: 'a place in the queue' });
    giveUp.abort();
    expect(await waiting).toBeNull();
    await until(async () => (await count('slot_waiter')) === 0, { what: 'the place to be given back' });
    for (const each of places) each?.leave();
  });

  it('are kept while they are used for longer than a lease', async () => {
    const state = await open();
    const owner = budgetOf('owner', state, 600);
    const places = await Promise.all(Array.from({ length: BUDGET }, () => owner.enter(STORE, NEVER)));
    const [first] = await db.query<{ until: Date }>(
      'SELECT max(lease_until) AS until FROM bfm_state.connection_slot',
    );
    await until(
      async () =>
        (await db.query('SELECT 1 FROM bfm_state.connection_slot WHERE lease_until > $1', [first?.until]))
          .length === BUDGET,
      { what: 'all to be renewed' },
    );
    for (const each of places) each?.leave();
    await until(async () => (await count('connection_slot')) === 0, { what: 'idle ones to be given back' });
  });
});
