import type { SchemaName } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { findRun, hasEnded, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, TcpFaultProxy, until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, openControlWorld, orderFor, type ControlWorld } from '../support/control-world.ts';
import { useControl, work, type OpenStage } from '../support/use-control.ts';

const LIMITS = { statementTimeoutMs: 1_000, connectTimeoutMs: 1_000, lockTimeoutMs: 1_000 };

describe.each(POSTGRES_MAJORS)('a worker cut off from the state on PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  /** A worker's way to the state that fails as told. */
  async function cutOff({ tree }: OpenStage): Promise<{ proxy: TcpFaultProxy; cut: ControlWorld }> {
    const proxy = await TcpFaultProxy.before(stage.state.url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const stateUrl = proxy.url(stage.state.url);
    const cut = await openControlWorld({
      stateUrl,
      targetUrl: stage.target.url,
      sfm: tree.sfm,
      limits: LIMITS,
    });
    return { proxy, cut };
  }

  async function begun(opened: OpenStage): Promise<StoredRun> {
    const options = { concurrency: 1 };
    return startRun(orderFor({ schemas: ['one' as SchemaName] }, { options }), ANN, opened.world.control);
  }

  const applied = async (): Promise<number> => {
    const [there] = await stage.target.query<{ found: boolean }>(
      `SELECT to_regclass('bfm.ledger') IS NOT NULL AS found`,
    );
    if (there?.found !== true) return 0;
    const [row] = await stage.target.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM bfm.ledger WHERE status = 'applied'`,
    );
    return row?.n ?? 0;
  };

  it('ST1 begins nothing new while the state is away, and goes on when it is back', async () => {
    const opened = await stage.open({ seconds: 0.5 });
    const { proxy, cut } = await cutOff(opened);
    const run = await begun(opened);
    const end = work(run.id, cut, { leaseMs: 30_000 });
    await until(async () => (await applied()) > 0, { what: 'the first migration' });
    proxy.refuse();
    proxy.drop();
    let before = -1;
    await until(
      async () => {
        const now = await applied();
        const stands = now === before;
        before = now;
        return stands;
      },
      { what: 'the run to stand still', everyMs: 1_200 },
    );
    expect(before).toBeLessThan(6);
    proxy.heal();
    expect(await end).toBe('ended');
    expect(await findRun(run.id, opened.world.control)).toMatchObject({
      status: 'succeeded',
      fence: '1',
      summary: { applied: 6, skipped: 0 },
    });
    await cut[Symbol.asyncDispose]();
    expect(await opened.findUnsound()).toEqual([]);
  });

  it('P2 gives up when its lease is over, and whoever takes the run goes on', async () => {
    const opened = await stage.open({ seconds: 0.3 });
    const { proxy, cut } = await cutOff(opened);
    const run = await begun(opened);
    const end = work(run.id, cut, { worker: 'cut', leaseMs: 1_500 });
    await until(async () => (await applied()) > 0, { what: 'the first migration' });
    proxy.blackhole();
    const { control } = opened.world;
    const last = await until(
      async () => {
        await work(run.id, opened.world, { worker: 'heir' });
        const found = await findRun(run.id, control);
        return hasEnded(found) ? found : null;
      },
      { what: 'the heir to end the run' },
    );
    expect(await end).toBe('lost');
    proxy.heal();
    expect(last).toMatchObject({
      status: 'succeeded',
      fence: '2',
      summary: { applied: 6, skipped: 0, failed: 0 },
    });
    const attempts = await opened.world.state.read(({ steps }) => steps.attempts(run.id));
    expect(attempts).toMatchObject([
      { worker: 'cut', end: 'lost' },
      { worker: 'heir', end: 'succeeded' },
    ]);
    await cut[Symbol.asyncDispose]();
    expect(await opened.findUnsound()).toEqual([]);
  });
});
