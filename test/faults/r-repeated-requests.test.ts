import type { SchemaName } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { findRun, startRun, type OrderKey } from '@bfm/service';
import { POSTGRES_MAJORS } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { ANN, openControlWorld, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const KEY: OrderKey = { route: 'POST /api/v1/runs', key: 'k', requestHash: 'a'.repeat(64) };
const orderWith = (idempotency: OrderKey): ReturnType<typeof orderFor> =>
  orderFor({ schemas: ['one' as SchemaName] }, { idempotency });

describe.each(POSTGRES_MAJORS)('requests that come again, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  const count = async (): Promise<unknown> =>
    (
      await stage.state.query(`
        SELECT (SELECT count(*)::int FROM bfm_state.run) AS runs,
          (SELECT count(*)::int FROM bfm_state.audit WHERE action = 'run.start' AND result = 'ok') AS starts`)
    )[0];

  it('R1 fifty at once over two servers are one run, with one entry of the audit', async () => {
    const { world, tree, findUnsound } = await stage.open();
    let tries: readonly PromiseSettledResult<StoredRun>[];
    {
      await using other = await openControlWorld({
        stateUrl: stage.state.url,
        targetUrl: stage.target.url,
        sfm: tree.sfm,
      });
      tries = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          startRun(orderWith(KEY), ANN, index % 2 === 0 ? world.control : other.control),
        ),
      );
    }
    const ids = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : []));
    expect(new Set(ids).size).toBe(1);
    for (const each of tries) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'idempotency.in_progress' });
    }
    expect(await count()).toEqual({ runs: 1, starts: 1 });
    await work(ids[0] ?? '', world);
    expect(await findUnsound()).toEqual([]);
  });

  it('R1 another body is refused, another caller has keys of their own', async () => {
    const { world, findUnsound } = await stage.open();
    const run = await startRun(orderWith(KEY), ANN, world.control);
    await expect(
      startRun(orderWith({ ...KEY, requestHash: 'b'.repeat(64) }), ANN, world.control),
    ).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    const bens = await startRun(orderWith(KEY), { ...ANN, name: 'ben' }, world.control);
    expect(bens.id).not.toBe(run.id);
    for (const id of [run.id, bens.id]) await work(id, world);
    expect(await findUnsound()).toEqual([]);
  });

  it('R2 after the run has ended and the server was started anew it is that run still, after its time a new one', async () => {
    const { world, tree, findUnsound } = await stage.open();
    const run = await startRun(orderWith(KEY), ANN, world.control);
    await work(run.id, world);
    {
      await using restarted = await openControlWorld({
        stateUrl: stage.state.url,
        targetUrl: stage.target.url,
        sfm: tree.sfm,
      });
      expect(await startRun(orderWith(KEY), ANN, restarted.control)).toMatchObject({
        id: run.id,
        status: 'succeeded',
      });
      // A day and a little later, by the clock of the database.
      await stage.state
        .query(`UPDATE bfm_state.idempotency_key SET created_at = created_at - interval '25 hours',
      busy_until = busy_until - interval '25 hours', expires_at = expires_at - interval '25 hours'`);
      const next = await startRun(orderWith(KEY), ANN, restarted.control);
      expect(next.id).not.toBe(run.id);
      await work(next.id, restarted);
      expect(await findRun(next.id, restarted.control)).toMatchObject({ status: 'succeeded' });
    }
    expect(await findUnsound()).toEqual([]);
  });
});
