import type { SchemaName } from '@bfm/core';
import { cancelRun, findRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { ANN, openControlWorld, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const ORDER = orderFor({ schemas: ['one' as SchemaName] });

describe.each(POSTGRES_MAJORS)('an audit that cannot be written, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  const count = async (): Promise<Record<string, unknown>> => {
    const [row] = await stage.state.query(`
      SELECT (SELECT count(*)::int FROM bfm_state.run) AS runs, (SELECT count(*)::int FROM bfm_state.audit) AS entries,
        (SELECT count(*)::int FROM bfm_state.idempotency_key) AS keys`);
    return row ?? {};
  };
  const jobs = async (): Promise<unknown> => {
    const [found] = await stage.state.query(`SELECT to_regclass('bfm_state_queue.job') IS NOT NULL AS found`);
    if (found?.['found'] !== true) return 0;
    return (await stage.state.query('SELECT count(*)::int AS jobs FROM bfm_state_queue.job'))[0]?.['jobs'];
  };

  it('A1 refuses what was to be done: no run, no job, no key; with the audit back the same request does it', async () => {
    const { world, findUnsound } = await stage.open();
    const idempotency = { route: 'POST /runs', key: 'k', requestHash: 'a'.repeat(64) };
    const order = { ...ORDER, idempotency };
    const before = await jobs();
    await stage.state.query('ALTER TABLE bfm_state.audit ADD CONSTRAINT full_up CHECK (false) NOT VALID');
    await expect(startRun(order, ANN, world.control)).rejects.toMatchObject({ code: 'internal.invariant' });
    expect(await count()).toEqual({ runs: 0, entries: 0, keys: 0 });
    expect(await jobs()).toBe(before);
    await stage.state.query('ALTER TABLE bfm_state.audit DROP CONSTRAINT full_up');
    const run = await startRun(order, ANN, world.control);
    expect(await work(run.id, world)).toBe('ended');
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'succeeded' });
    expect(await findUnsound()).toEqual([]);
  });

  it('A1 refuses to cancel, and the run goes on', async () => {
    const { world, findUnsound } = await stage.open();
    const run = await startRun(ORDER, ANN, world.control);
    await stage.state.query(
      `ALTER TABLE bfm_state.audit ADD CONSTRAINT no_cancel CHECK (action <> 'run.cancel') NOT VALID`,
    );
    await expect(cancelRun(run.id, ANN, world.control)).rejects.toMatchObject({ code: 'internal.invariant' });
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'queued', cancelRequestedAt: null });
    await work(run.id, world);
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'succeeded' });
    expect(await findUnsound()).toEqual([]);
  });

  it('A1 that hangs is a refusal after its deadline', async () => {
    const { world, tree, findUnsound } = await stage.open();
    {
      await using slow = await openControlWorld({
        stateUrl: stage.state.url,
        targetUrl: stage.target.url,
        sfm: tree.sfm,
        limits: { lockTimeoutMs: 300 },
      });
      const blocker = new pg.Client({ connectionString: stage.state.url });
      await blocker.connect();
      await blocker.query('BEGIN; LOCK TABLE bfm_state.audit IN EXCLUSIVE MODE');
      await expect(startRun(ORDER, ANN, slow.control)).rejects.toMatchObject({ code: 'state.unavailable' });
      await blocker.query('ROLLBACK');
      await blocker.end();
      expect(await count()).toEqual({ runs: 0, entries: 0, keys: 0 });
    }
    const run = await startRun(ORDER, ANN, world.control);
    await work(run.id, world);
    expect(await findUnsound()).toEqual([]);
  });
});
