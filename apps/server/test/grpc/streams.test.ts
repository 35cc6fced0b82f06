import { until } from '@bfm/testing';
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { toTestProcedures } from './support/procedures.ts';
import { startRawCall } from './support/raw-call.ts';
import { readAll, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

const PATH = '/migration.MigrationService/StreamMigrate';
const KIBIBYTE = 'x'.repeat(1024);
/** 64 were seen: one window of HTTP/2. Beside it there may be a socket's buffers and the sixteen messages of a stream. */
const HELD_MESSAGES_MAX = 1_000;

/** A server whose stream has `count` messages of 1 KiB, and how many of them were asked for. */
async function useLongStream(count: number) {
  const seen = { made: 0, ended: false };
  const { server, faults } = await useGrpcServer({
    procedures: toTestProcedures({
      async *streamMigrate() {
        try {
          for (; seen.made < count; seen.made += 1) {
            yield { migrationId: String(seen.made), message: KIBIBYTE };
            await Promise.resolve();
          }
        } finally {
          seen.ended = true;
        }
      },
    }),
  });
  return { server, faults, seen };
}

/** Resolves with how many messages were made once a hundred answers to others have passed without another one. */
async function whenHeldUp(port: number, seen: { readonly made: number }): Promise<number> {
  const { call } = useClient(port);
  let before = -1;
  while (before !== seen.made || before === 0) {
    before = seen.made;
    for (let round = 0; round < 100; round += 1) await call('Health');
  }
  return seen.made;
}

it('Q2 a client that stops reading holds up the procedure, not the memory, and nobody else', async () => {
  const { server, seen } = await useLongStream(1_000_000);
  const { stream, session } = startRawCall(server.port, { path: PATH, authorization: 'Bearer admin-token' });
  const held = await whenHeldUp(server.port, seen);
  expect(held).toBeGreaterThan(10);
  expect(held).toBeLessThan(HELD_MESSAGES_MAX);
  stream.resume();
  await until(() => seen.made > held + 1_000, { what: 'the stream to go on' });
  session.destroy();
  await until(() => seen.ended && server.openCalls() === 0, { what: 'the procedure to be ended' });
});

it('Q2 fifty clients that do not read are held up each for itself', async () => {
  const { server, seen } = await useLongStream(10_000_000);
  for (let client = 0; client < 50; client += 1) {
    startRawCall(server.port, { path: PATH, authorization: 'Bearer admin-token' });
  }
  await until(() => server.openCalls() === 50, { what: 'all calls to begin' });
  expect(await whenHeldUp(server.port, seen)).toBeLessThan(50 * HELD_MESSAGES_MAX);
  await server.drain(0);
});

it('a client that reads slowly gets every message once and in order', async () => {
  const { server } = await useLongStream(3_000);
  const stream = useClient(server.port).stream();
  let next = 0;
  for await (const message of stream as AsyncIterable<{ readonly migration_id: string }>) {
    expect(message.migration_id).toBe(String(next));
    next += 1;
    if (next % 100 === 0) await new Promise(setImmediate);
  }
  expect(next).toBe(3_000);
});

it('a client that goes away in the middle ends the procedure where it is', async () => {
  const { server, seen, faults } = await useLongStream(1_000_000);
  const stream = useClient(server.port).stream();
  stream.on('error', () => undefined);
  await new Promise((resolve) => stream.once('data', resolve));
  stream.cancel();
  await until(() => seen.ended && server.openCalls() === 0, { what: 'the procedure to be ended' });
  expect(seen.made).toBeLessThan(1_000_000);
  expect(faults).toEqual([]);
});

it('a deadline ends also a stream that nobody reads', async () => {
  const { server, seen, faults } = await useLongStream(1_000_000);
  const { stream, status: end } = startRawCall(server.port, {
    path: PATH,
    authorization: 'Bearer admin-token',
    timeout: '500m',
  });
  await until(() => seen.ended && server.openCalls() === 0, { what: 'the procedure to be ended' });
  stream.resume();
  expect(await end).toBe(String(status.DEADLINE_EXCEEDED));
  expect(faults).toEqual([]);
});

it('a stream without messages ends OK', async () => {
  const { server } = await useLongStream(0);
  expect(await readAll(useClient(server.port).stream())).toEqual({ messages: [], error: null });
});
