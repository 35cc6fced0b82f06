import type { ConnectionName, SchemaName } from '@bfm/core';
import { examineProjection, findRun, rebuildProjection, startRun, type OrderKey } from '@bfm/service';
import { findUnsound, POSTGRES_MAJORS, startMortalServer, until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, openControlWorld, orderFor } from '../support/control-world.ts';
import { makeEffectTree } from '../support/effect-tree.ts';
import { makeStateSchema } from '../support/state-schema.ts';
import { work } from '../support/use-control.ts';

const LEASE_MS = 1_500;
const KEY: OrderKey = { route: 'POST /api/v1/runs', key: 'k', requestHash: 'a'.repeat(64) };
const inSchema = (schema: string): ReturnType<typeof orderFor> =>
  orderFor({ schemas: [schema as SchemaName] }, { options: { concurrency: 1 } });

describe.each(POSTGRES_MAJORS)('a state restored from an older backup, PostgreSQL %i', async (major) => {
  const target = await useTestDatabase(major);

  const applied = async (schema: string): Promise<number> => {
    const [row] = await target.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM bfm.ledger JOIN bfm.scope USING (scope_id) WHERE schema_name = '${schema}' AND status = 'applied'`,
    );
    return row?.n ?? 0;
  };

  it('ST4 in the middle of a run: ledgers win, nothing is done twice, no lock of the backup lives on', async () => {
    await using server = await startMortalServer(major);
    await using tree = await makeEffectTree(target, { seconds: 0.2 });
    const admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await makeStateSchema({ query: async <Row>(sql: string) => (await admin.query(sql)).rows as Row[] });
    await admin.end();
    const world = await openControlWorld({ stateUrl: server.url(), targetUrl: target.url, sfm: tree.sfm });
    let closed: Promise<void> | null = null;
    const close = (): Promise<void> => (closed ??= Promise.resolve(world[Symbol.asyncDispose]()));
    onTestFinished(close);
    const { control, state } = world;
    const stale = (): ReturnType<typeof examineProjection> =>
      examineProjection(state, control.serviceFor({ actor: 'a', runId: 'r', emit: () => undefined }));

    // What the backup holds: a run that has ended, with its key, and one that is in somebody's hands.
    const order = { ...inSchema('one'), idempotency: KEY };
    const ended = await startRun(order, ANN, control);
    await work(ended.id, world);
    const held = await startRun(inSchema('two'), ANN, control);
    const action = { action: 'run.take', object: 'run', result: 'ok', detail: {} } as const;
    const taking = { runId: held.id, worker: 'ghost', leaseMs: LEASE_MS };
    await state.write(ANN, action, ({ runs }) => runs.take(taking));
    await server.die('fast');
    await server.backUp();
    await server.revive();

    // What the backup does not hold: a run in its middle, half of it applied.
    const lost = await until(() => startRun(inSchema('three'), ANN, control).catch(() => null), {
      what: 'the state to take a run',
    });
    const end = work(lost.id, world, { leaseMs: 20_000 });
    await until(async () => (await applied('three').catch(() => 0)) >= 2, { what: 'two migrations' });
    await server.die('fast');
    await server.revive('its backup');
    expect(await end).toBe('lost');
    const done = await applied('three');
    expect(done).toBeLessThan(6);
    await expect(findRun(lost.id, control)).rejects.toMatchObject({ code: 'run.not_found' });

    // The lock of the backup ends by itself.
    await until(
      async () => {
        await work(held.id, world, { worker: 'heir' });
        return (await findRun(held.id, control)).status === 'succeeded';
      },
      { what: 'the run of the backup to end' },
    );
    // What the state has forgotten is told, and read from the ledgers.
    expect(await stale()).toMatchObject([
      { code: 'state.projection_stale', message: expect.stringContaining(`${done} applied`) as unknown },
    ]);
    await rebuildProjection('tenant' as ConnectionName, ANN, control);
    expect(await stale()).toEqual([]);

    expect((await startRun(order, ANN, control)).id).toBe(ended.id);
    const rest = await startRun(inSchema('three'), ANN, control);
    await work(rest.id, world);
    expect(await findRun(rest.id, control)).toMatchObject({
      status: 'succeeded',
      summary: { applied: 6 - done, failed: 0 },
    });
    await close();
    expect(await findUnsound({ url: target.url, unlogged: tree.unlogged })).toEqual([]);
  });
});
