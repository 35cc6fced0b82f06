import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, createRun, START, STATE_PLACES, useState } from './support/use-state.ts';

describe.each(STATE_PLACES)('transactions that collide on $name', async (place) => {
  const { db, open } = await useState(place);

  it('are done again when the database gives one up, and both are kept', async () => {
    const state = await open();
    const [one, other] = [await createRun(state), await createRun(state)];
    let tries = 0;
    const met = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()] as const;
    /** Cancels both, in an order that meets the other one half-way the first time. */
    const cancel = (ids: readonly [string, string], mine: 0 | 1): Promise<unknown> =>
      state.write({ ...ANN, name: `w${mine}` }, START, async ({ runs }) => {
        tries += 1;
        await runs.requestCancel(ids[0]);
        met[mine].resolve(undefined);
        await met[mine === 0 ? 1 : 0].promise;
        await runs.requestCancel(ids[1]);
      });
    await Promise.all([cancel([one, other], 0), cancel([other, one], 1)]);
    expect(tries).toBe(3);
    const rows = await db.query(
      `SELECT (SELECT count(*)::int FROM bfm_state.run WHERE status = 'cancelled') AS cancelled,
         (SELECT count(*)::int FROM bfm_state.audit WHERE actor LIKE 'w%') AS entries`,
    );
    expect(rows).toEqual([{ cancelled: 2, entries: 2 }]);
  });

  it('are told as an unavailable state when it goes on', async () => {
    const state = await open();
    await db.query(`
      CREATE FUNCTION bfm_state.collide() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM nextval('bfm_state.tries'); RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$;
      CREATE SEQUENCE bfm_state.tries;
      CREATE TRIGGER collide BEFORE INSERT ON bfm_state.run FOR EACH ROW EXECUTE FUNCTION bfm_state.collide()`);
    await expect(createRun(state)).rejects.toMatchObject({ code: 'state.unavailable' });
    expect(await db.query('SELECT last_value::int AS tries FROM bfm_state.tries')).toEqual([{ tries: 5 }]);
  });

  it('end with their deadline when another keeps a row for ever', async () => {
    const state = await open({ lockTimeoutMs: 200 });
    const id = await createRun(state);
    const release = Promise.withResolvers<undefined>();
    let isHeld = false;
    const holder = state.write(ANN, START, async ({ runs }) => {
      await runs.requestCancel(id);
      isHeld = true;
      await release.promise;
    });
    await until(() => isHeld, { what: 'the row to be held' });
    const refused = state.write(ANN, START, ({ runs }) => runs.requestCancel(id));
    await expect(refused).rejects.toMatchObject({ code: 'state.unavailable' });
    release.resolve(undefined);
    await holder;
  });
});
