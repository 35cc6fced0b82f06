import { status } from '@grpc/grpc-js';
import { until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../src/index.ts';
import { type TestCaller, toTestProcedures } from './support/procedures.ts';
import { startRawCall } from './support/raw-call.ts';
import { readAll, refusalOf, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

/** A server whose calls wait until their signal ends them, and what became of them. */
async function useWaitingServer() {
  const begun: CallContext<TestCaller>[] = [];
  const ended: string[] = [];
  const wait = (call: CallContext<TestCaller>): Promise<never> => {
    begun.push(call);
    return new Promise((_resolve, reject) => {
      call.signal.addEventListener('abort', () => {
        ended.push((call.signal.reason as Error).message);
        reject(call.signal.reason as Error);
      });
    });
  };
  const { server, faults } = await useGrpcServer({
    procedures: toTestProcedures({
      migrate: (_request, call) => wait(call),
      async *streamMigrate(_request, call) {
        await wait(call);
      },
    }),
  });
  return { server, faults, begun, ended };
}

describe.each(['unary', 'stream'] as const)('a client of a %s call', (kind) => {
  it('that sets a deadline is answered at its end, and the procedure told', async () => {
    const { server, begun, ended } = await useWaitingServer();
    const { call, stream } = useClient(server.port, { deadlineMs: 300 });
    const error = kind === 'unary' ? await refusalOf(call('Migrate')) : (await readAll(stream())).error;
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    await until(() => ended.length === 1 && server.openCalls() === 0, { what: 'the procedure to be told' });
    const [context] = begun;
    expect(context?.deadlineMs).toBeGreaterThan(0);
  });

  it('that goes away ends the waiting for it', async () => {
    const { server, begun, ended } = await useWaitingServer();
    const { begin, stream } = useClient(server.port);
    const going = kind === 'unary' ? begin('Migrate') : stream().on('error', () => undefined);
    await until(() => begun.length === 1, { what: 'the call to begin' });
    expect(begun[0]?.deadlineMs).toBeNull();
    expect(server.openCalls()).toBe(1);
    going.cancel();
    await until(() => ended.length === 1 && server.openCalls() === 0, { what: 'the procedure to be told' });
    expect(ended).toEqual(['The client does not wait for the answer any more.']);
  });

  it('whose connection is lost ends the waiting for it, too', async () => {
    const { server, begun, ended } = await useWaitingServer();
    const path = `/migration.MigrationService/${kind === 'unary' ? 'Migrate' : 'StreamMigrate'}`;
    const { session } = startRawCall(server.port, { path, authorization: 'Bearer admin-token' });
    await until(() => begun.length === 1, { what: 'the call to begin' });
    session.destroy();
    await until(() => ended.length === 1 && server.openCalls() === 0, { what: 'the procedure to be told' });
  });
});

it('tells a procedure who calls, from where, and what stands in the metadata', async () => {
  const { server, begun } = await useWaitingServer();
  const { begin } = useClient(server.port, { token: 'admin-token' });
  begin('Migrate');
  await until(() => begun.length === 1, { what: 'the call to begin' });
  const [call] = begun;
  expect(call?.caller).toEqual({ name: 'ada', mayChange: true });
  expect(call?.address).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
  expect(call?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(call?.header('user-agent')).toContain('grpc-node');
  expect(call?.header('nothing')).toBeNull();
});
