import type { SchemaName } from '@bfm/core';
import { findRun, startRun } from '@bfm/service';
import {
  inPooledSessions,
  NO_TRACES,
  POSTGRES_MAJORS,
  startPgBouncer,
  TcpFaultProxy,
  until,
} from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useClient } from '../../apps/server/test/grpc/support/use-client.ts';
import { SERVER_TOKEN, startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, runBfm, startBfm } from '../support/bfm.ts';
import { ANN, orderFor } from '../support/control-world.ts';
import { ALL_MOMENTS } from '../support/moments.ts';
import { clockOff } from '../support/shifted-clock.ts';
import { useControl } from '../support/use-control.ts';

const HOUR_MS = 3_600_000;
const ROUNDS = ALL_MOMENTS ? 200 : 4;

describe.each(POSTGRES_MAJORS)('several servers, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  beforeAll(() => {
    buildCli();
  });

  const environment = (): Record<string, string> => ({
    ...connectionsTo(stage.target.url, 'tenant'),
    BFM_STATE_URL: stage.state.url,
    BFM_RUN_LEASE: '2s',
  });
  const serve = (sfm: string, more: Readonly<Record<string, string>> = {}): Promise<BfmServerProcess> =>
    startBfmServer(sfm, { ...environment(), ...more });

  const stop = async (...servers: readonly BfmServerProcess[]): Promise<void> => {
    for (const { child } of servers) child.kill('SIGTERM');
    for (const { ended, said } of servers) {
      expect({ code: (await ended).code, said: said() }).toMatchObject({ code: 0 });
    }
  };

  const runs = (): Promise<readonly { readonly id: string; readonly status: string }[]> =>
    stage.state.query<{ id: string; status: string }>('SELECT id, status FROM bfm_state.run');

  it('W1 two servers and the CLI bring one target up at once: each effect once, and all of them say so', async () => {
    const { tree, findUnsound } = await stage.open({ seconds: 0 });
    const servers = await Promise.all([serve(tree.sfm), serve(tree.sfm)]);
    const direct = ['up', '--sfm', tree.sfm, '--lock-wait', '60s', '--schema'];
    for (let round = 0; round < ROUNDS; round += 1) {
      const schema = `round_${round}`;
      const [first, second, cli] = await Promise.all([
        ...servers.map((server) => server.up([schema])),
        ...(round % 2 === 0 ? [runBfm([...direct, schema], environment())] : []),
      ] as const);
      for (const answer of [first, second]) {
        const { status, body } = {
          status: (answer as Response).status,
          body: await (answer as Response).json(),
        };
        expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
      }
      if (cli !== undefined) expect(cli).toMatchObject({ code: 0 });
    }
    await stop(...servers);
    expect(await findUnsound()).toEqual([]);
  });

  it('W1 who comes second to a target that a server holds is told who has it, and since when', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 1.5, kinds: ['transaction'] });
    const server = await serve(tree.sfm);
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    const sleeping = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND wait_event = 'PgSleep'`;
    await until(async () => (await stage.target.query(sleeping)).length > 0, {
      what: 'the server to be at work',
      timeoutMs: 20_000,
    });
    const loser = await runBfm(
      ['up', '--sfm', tree.sfm, '--schema', 'one', '--lock-wait', '0s', '--json'],
      environment(),
    );
    expect(loser.code).toBe(5);
    expect(loser.stdout).toMatch(/held by ann \(pid \d+, run .*\), since \d{4}-.*Z, token 1;/);
    await until(async () => (await findRun(run.id, world.control)).status === 'succeeded', {
      what: 'the run to end',
      timeoutMs: 20_000,
    });
    await stop(server);
    expect(await findUnsound()).toEqual([]);
  });

  it('R3 a request that was cut off over HTTP and comes again over gRPC, at another server, is one run', async () => {
    const { tree, findUnsound } = await stage.open({ seconds: 0 });
    const [dying, other] = await Promise.all([
      serve(tree.sfm, { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'run.created=kill' }),
      serve(tree.sfm),
    ]);
    expect(await dying.up(['one'], { 'idempotency-key': 'r3' }).catch(() => 'cut off')).toBe('cut off');
    const [left] = await runs();
    const grpc = useClient(other.grpcPort, { token: SERVER_TOKEN, metadata: { 'idempotency-key': 'r3' } });
    const request = { target: { connection: 'tenant' }, connection: 'tenant', schema: 'one' };
    const asked = await Promise.all([grpc.call('Migrate', request), grpc.call('Migrate', request)]);
    for (const answer of asked) expect(answer).toMatchObject({ success: true });
    const again = await other.up(['one'], { 'idempotency-key': 'r3' });
    expect(await again.json()).toMatchObject({ success: true });
    expect(await runs()).toEqual([{ id: left?.id, status: 'succeeded' }]);
    await stop(other);
    expect(await findUnsound()).toEqual([]);
  });

  it('P2 a worker that nothing reaches any more, on its way to the state, sends nothing more; a server takes its run over', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 0.3 });
    const proxy = await TcpFaultProxy.before(stage.state.url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const cut = startBfm(['worker', '--sfm', tree.sfm], {
      ...environment(),
      BFM_STATE_URL: proxy.url(stage.state.url),
    });
    onTestFinished(() => void cut.child.kill('SIGKILL'));
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    const applied = `SELECT 1 FROM bfm.ledger WHERE status = 'applied'`;
    await until(async () => (await stage.target.query(applied).catch(() => [])).length > 0, {
      what: 'the worker to be in the middle',
      timeoutMs: 20_000,
    });
    proxy.blackhole();
    const server = await serve(tree.sfm);
    await until(async () => (await findRun(run.id, world.control)).status === 'succeeded', {
      what: 'the run to end',
      timeoutMs: 60_000,
    });
    expect(await world.state.read(({ steps }) => steps.attempts(run.id))).toMatchObject([
      { fence: '1', end: 'lost' },
      { fence: '2', end: 'succeeded' },
    ]);
    proxy.heal();
    for (const { child, ended } of [cut, server]) {
      child.kill('SIGTERM');
      expect((await ended).code).toBe(0);
    }
    expect(await findUnsound()).toEqual([]);
  });

  it('B2 whose state is behind PgBouncer in transaction mode make it, carry out runs and leave no trace in its sessions', async () => {
    const { tree, findUnsound } = await stage.open({ seconds: 0 });
    await stage.state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE');
    await using bouncer = await startPgBouncer({ serverUrl: stage.state.url, poolSize: 6 });
    const state = bouncer.url(stage.state.name);
    const servers = await Promise.all([
      serve(tree.sfm, { BFM_STATE_URL: state }),
      serve(tree.sfm, { BFM_STATE_URL: state }),
    ]);
    for (const [index, server] of servers.entries()) {
      const answer = await server.up([index === 0 ? 'one' : 'two']);
      expect({ status: answer.status, said: await answer.text() }).toMatchObject({ status: 200 });
    }
    await stop(...servers);
    expect(await inPooledSessions(state, 6)).toEqual(Array.from({ length: 6 }, () => NO_TRACES));
    expect(await findUnsound()).toEqual([]);
  });

  it('CK1 whose clocks are hours apart keep their leases for as long as they work, and no longer', async () => {
    const { world, tree, findUnsound } = await stage.open({ seconds: 0.45 });
    const [ahead, behind] = await Promise.all([
      serve(tree.sfm, { ...clockOff(HOUR_MS), BFM_SERVER_WORKER: 'false' }),
      serve(tree.sfm, { ...clockOff(-HOUR_MS), BFM_SERVER_WORKER: 'false' }),
    ]);
    const workers = [HOUR_MS, -HOUR_MS].map((ms) => {
      const worker = startBfm(['worker', '--sfm', tree.sfm], { ...environment(), ...clockOff(ms) });
      onTestFinished(() => void worker.child.kill('SIGKILL'));
      return worker;
    });
    const key = { 'idempotency-key': 'ck1' };
    const [one, two] = await Promise.all([ahead.up(['one'], key), behind.up(['one'], key)]);
    for (const answer of [one, two]) expect(await answer.json()).toMatchObject({ success: true });
    const [run, ...more] = await runs();
    expect(more).toEqual([]);
    const found = await findRun(run?.id ?? '', world.control);
    expect(found).toMatchObject({ status: 'succeeded', fence: '1', summary: { applied: 6 } });
    const times = [found.createdAt, found.startedAt, found.finishedAt].map((at) => Date.parse(at ?? ''));
    for (const at of times) expect(Math.abs(at - Date.now())).toBeLessThan(HOUR_MS / 2);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { child } of workers) child.kill('SIGTERM');
    for (const { ended } of workers) expect((await ended).code).toBe(0);
    await stop(ahead, behind);
    expect(await findUnsound()).toEqual([]);
  });
});
