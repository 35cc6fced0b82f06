import type { IdempotentAnswer, StateStore } from '@bfm/engine';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, HASH, newRun, OTHER_HASH, START, STATE_PLACES, useState } from './support/use-state.ts';

const CLAIM = {
  caller: 'c',
  route: 'POST /runs',
  key: 'k',
  requestHash: HASH,
  keptMs: 60_000,
  busyMs: 5_000,
};
type Claim = typeof CLAIM;

describe.each(STATE_PLACES)('keys of requests on $name', async (place) => {
  const { db, open, reopen } = await useState(place);

  /** Claims a key; whoever is first makes a run. @returns the run */
  const start = (state: StateStore, parts: Partial<Claim> = {}): Promise<string | null> =>
    state.write(ANN, START, async ({ idempotencyKeys, runs }) => {
      const claim = { ...CLAIM, ...parts };
      const kept = await idempotencyKeys.claim(claim);
      if (kept !== null) return kept.runId;
      const { id } = await runs.create(newRun());
      await idempotencyKeys.answer(claim, { runId: id, response: null });
      return id;
    });
  const claimOnly = (state: StateStore, parts: Partial<Claim> = {}): Promise<IdempotentAnswer | null> =>
    state.write(ANN, START, ({ idempotencyKeys }) => idempotencyKeys.claim({ ...CLAIM, ...parts }));

  it('R1 give fifty that come at once the same run', async () => {
    const state = await open();
    const ids = await Promise.all(Array.from({ length: 50 }, () => start(state)));
    expect(new Set(ids).size).toBe(1);
    expect(await db.query('SELECT count(*)::int AS runs FROM bfm_state.run')).toEqual([{ runs: 1 }]);
  });

  it('R1 refuse another request, and mean nothing to another caller or route', async () => {
    const state = await open();
    const id = await start(state);
    await expect(start(state, { requestHash: OTHER_HASH })).rejects.toMatchObject({
      code: 'idempotency.key_reused',
    });
    expect(await start(state, { caller: 'd' })).not.toBe(id);
    expect(await start(state, { route: 'POST /plans' })).not.toBe(id);
    expect(await start(state)).toBe(id);
  });

  it('R1 tell others to wait while there is no answer, and whoever comes when their time is over is new', async () => {
    const state = await open();
    expect(await claimOnly(state, { busyMs: 300 })).toBeNull();
    await expect(claimOnly(state)).rejects.toMatchObject({ code: 'idempotency.in_progress' });
    await until(
      async () =>
        claimOnly(state).then(
          (kept) => kept === null,
          () => false,
        ),
      { what: 'the claim to be void' },
    );
  });

  it('R2 are forgotten after their time, also by other requests, and swept', async () => {
    const state = await open();
    const id = await start(state, { keptMs: 1 });
    const expired = `SELECT count(*)::int AS keys FROM bfm_state.idempotency_key WHERE expires_at <= clock_timestamp()`;
    await until(async () => (await db.query(expired))[0]?.['keys'] === 1, { what: 'it to expire' });
    expect(await start(state, { requestHash: OTHER_HASH, keptMs: 1 })).not.toBe(id);
    expect(await start(state, { key: 'kept' })).not.toBe(id);
    await until(async () => (await db.query(expired))[0]?.['keys'] === 1, { what: 'it to expire again' });
    expect(await state.note(({ idempotencyKeys }) => idempotencyKeys.sweep(10))).toBe(1);
    expect(await state.note(({ idempotencyKeys }) => idempotencyKeys.sweep(10))).toBe(0);
    expect(await db.query('SELECT key FROM bfm_state.idempotency_key')).toEqual([{ key: 'kept' }]);
  });

  it('R2 outlive the server that took them', async () => {
    const first = await open();
    const id = await start(first);
    const second = reopen();
    expect(await start(second)).toBe(id);
  });

  it.each(['', 'x'.repeat(256), 'é'.repeat(128)])('are 1 to 255 bytes long: not %j', async (key) => {
    const state = await open();
    await expect(start(state, { key })).rejects.toMatchObject({ code: 'internal.invariant' });
  });
});
