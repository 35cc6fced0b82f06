import { until } from '@bfm/testing';
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { toTestProcedures } from './support/procedures.ts';
import { startRawCall } from './support/raw-call.ts';
import { readAll, refusalOf, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';
import { useHealthClient } from './support/use-health-client.ts';

const HOUR_MS = 3_600_000;

/** A server with a stream of two messages; the second one comes when told to. */
async function useHeldServer() {
  const gate = Promise.withResolvers<undefined>();
  const { server } = await useGrpcServer({
    procedures: toTestProcedures({
      async *streamMigrate(_request, { signal }) {
        yield { migrationId: 'first' };
        const { promise, reject } = Promise.withResolvers<never>();
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        await Promise.race([gate.promise, promise]);
        yield { migrationId: 'second' };
      },
      migrate: () => gate.promise.then(() => ({ success: true })),
    }),
  });
  const open = () => gate.resolve(undefined);
  return { server, open };
}

it('a server that stops takes no new calls and lets those that are there end', async () => {
  const { server, open } = await useHeldServer();
  const { stream, call } = useClient(server.port);
  const all = readAll(stream());
  const answer = call('Migrate');
  await until(() => server.openCalls() === 2, { what: 'the calls to begin' });

  const drained = server.drain(HOUR_MS);
  expect((await refusalOf(useClient(server.port).call('Health'))).code).toBe(status.UNAVAILABLE);
  open();
  expect((await all).messages.map((message) => message['migration_id'])).toEqual(['first', 'second']);
  expect((await all).error).toBeNull();
  expect(await answer).toMatchObject({ success: true });
  await drained;
});

it('calls that outlast the grace are told, and their clients, too', async () => {
  const { server } = await useHeldServer();
  const all = readAll(useClient(server.port).stream());
  await until(() => server.openCalls() === 1, { what: 'the call to begin' });
  await server.drain(50);
  const { messages, error } = await all;
  expect(messages).toHaveLength(1);
  expect({ code: error?.code, details: error?.details }).toEqual({
    code: status.UNAVAILABLE,
    details: expect.stringContaining('stopping') as string,
  });
  expect(server.openCalls()).toBe(0);
});

it('a second request to stop cuts the first one’s grace short', async () => {
  const { server } = await useHeldServer();
  const all = readAll(useClient(server.port).stream());
  await until(() => server.openCalls() === 1, { what: 'the call to begin' });
  const first = server.drain(HOUR_MS);
  const second = server.drain(0);
  void server.drain(HOUR_MS);
  await Promise.all([first, second]);
  expect((await all).error?.code).toBe(status.UNAVAILABLE);
});

it('a call that does not listen, and a client that does not read, cannot hold it up', async () => {
  const { server } = await useGrpcServer({
    procedures: toTestProcedures({
      migrate: () => new Promise<never>(() => undefined),
      async *streamMigrate() {
        for (;;) {
          yield { message: 'x'.repeat(1024) };
          await Promise.resolve();
        }
      },
    }),
  });
  const answer = refusalOf(useClient(server.port).call('Migrate'));
  const path = '/migration.MigrationService/StreamMigrate';
  startRawCall(server.port, { path, authorization: 'Bearer admin-token' });
  await until(() => server.openCalls() === 2, { what: 'the calls to begin' });
  await server.drain(0);
  expect([status.CANCELLED, status.UNAVAILABLE]).toContain((await answer).code);
});

it('who watches the health is told, and does not hold it up', async () => {
  const { server } = await useGrpcServer();
  const { watch } = useHealthClient(server.port);
  const seen = readAll(watch());
  const { call } = useClient(server.port);
  await call('Health');
  await server.drain(HOUR_MS);
  const { messages, error } = await seen;
  expect(messages).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }]);
  expect(error?.code).toBe(status.UNAVAILABLE);
});
