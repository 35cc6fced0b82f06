import { connect, constants } from 'node:http2';
import { MigrationService } from '@bfm/contract';
import { BfmError } from '@bfm/core';
import { until } from '@bfm/testing';
import { status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessOf, METHOD_ACCESS } from '../../src/grpc/method-access.ts';
import { toTestProcedures } from './support/procedures.ts';
import { startRawCall } from './support/raw-call.ts';
import { readAll, refusalOf, useClient } from './support/use-client.ts';
import { sendHeaders } from './support/send-headers.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

const PROTECTED = MigrationService.methods.filter(({ name }) => name !== 'Health');
const CHANGING = ['Migrate', 'StreamMigrate', 'MigrateDown', 'RollbackMigration', 'ReindexMigrations'];

/** Calls any method and gives the code it ends with. */
async function codeOf(port: number, method: string, token: string | null): Promise<status> {
  const { call, stream } = useClient(port, { token });
  if (method === 'StreamMigrate') return (await readAll(stream())).error?.code ?? status.OK;
  return (await refusalOf(call(method))).code;
}

describe('every method of the service', () => {
  it('declares what it asks for', () => {
    const paths = MigrationService.methods.map(({ name }) => `/migration.MigrationService/${name}`);
    expect(paths).toHaveLength(11);
    expect(paths.filter((path) => accessOf(path) === 'open')).toEqual(['/migration.MigrationService/Health']);
    expect(Object.keys(METHOD_ACCESS).sort()).toEqual(Object.keys(MigrationService.method).sort());
  });

  it.each(PROTECTED)(
    '$name answers nobody without a token, and calls no procedure',
    async ({ name, localName }) => {
      const called: string[] = [];
      const procedures = toTestProcedures({ [localName]: () => called.push(name) });
      const { server } = await useGrpcServer({ procedures });
      expect(await codeOf(server.port, name, null)).toBe(status.UNAUTHENTICATED);
      expect(await codeOf(server.port, name, 'another-token')).toBe(status.UNAUTHENTICATED);
      expect(called).toEqual([]);
    },
  );

  it.each(CHANGING)('%s is refused to somebody who may only look', async (name) => {
    const { server } = await useGrpcServer();
    expect(await codeOf(server.port, name, 'viewer-token')).toBe(status.PERMISSION_DENIED);
  });
});

describe('a method of which nobody has said what it asks for', () => {
  it.each([
    '/migration.MigrationService/New',
    '/other.Service/Method',
    '/grpc.channelz.v1.Channelz/GetServers',
    '',
    '/',
  ])('is open to nobody: %s', (path) => {
    expect(accessOf(path)).toBeNull();
  });
});

it('Health answers without a token', async () => {
  const { server } = await useGrpcServer();
  expect(await useClient(server.port, { token: null }).call('Health')).toMatchObject({ status: 'healthy' });
});

describe('a token', () => {
  /** Sends exactly this header, and gives the status of the answer. */
  function statusOf(port: number, authorization: string): Promise<string> {
    const call = startRawCall(port, {
      path: '/migration.MigrationService/GetMigrationStatus',
      authorization,
    });
    call.stream.resume();
    return call.status;
  }

  it.each(['Bearer admin-token', 'bearer admin-token', 'BEARER admin-token'])(
    'is taken as `%s`',
    async (value) => {
      const { server } = await useGrpcServer();
      expect(await statusOf(server.port, value)).toBe(String(status.OK));
    },
  );

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'admin-token',
    'Basic admin-token',
    'Bearer admin-token viewer-token',
    'Bearer admin-token, Bearer admin-token',
    'Bearer Admin-Token',
    `Bearer ${'x'.repeat(20_000)}`,
  ])('is refused as `%s`', async (value) => {
    const { server, faults } = await useGrpcServer();
    expect(await statusOf(server.port, value)).toBe(String(status.UNAUTHENTICATED));
    expect(faults).toEqual([]);
  });

  it('is looked at before the body, which may be large', async () => {
    const { server } = await useGrpcServer();
    const { call } = useClient(server.port, { token: null });
    expect((await refusalOf(call('Migrate', { schema: 'x'.repeat(3_000_000) }))).code).toBe(
      status.UNAUTHENTICATED,
    );
  });

  it('that comes twice counts as it came first', async () => {
    const seen: string[] = [];
    const { server } = await useGrpcServer({
      authenticate: ({ token }) => {
        seen.push(token);
        return Promise.reject(new BfmError('auth.invalid', { message: 'no', next: 'x' }));
      },
    });
    const request = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':authority', 'localhost'],
      [':path', '/migration.MigrationService/GetMigrationStatus'],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
    ] as const;
    sendHeaders(server.port, [
      ...request,
      ['authorization', 'Bearer first'],
      ['authorization', 'Bearer second'],
    ]);
    await until(() => seen.length > 0, { what: 'the token to be looked at' });
    expect(seen).toEqual(['first']);
  });

  it('that cannot be looked up is a fault of the server, told to its log only', async () => {
    const { server, faults } = await useGrpcServer({
      authenticate: () => Promise.reject(new Error('relation "token" does not exist')),
    });
    const { code, details } = await refusalOf(useClient(server.port).call('ListMigrations'));
    expect(code).toBe(status.INTERNAL);
    expect(details).not.toContain('relation');
    expect(faults).toEqual([new Error('relation "token" does not exist')]);
  });
});

it('sends HTTP to where it belongs: another content type is no gRPC', async () => {
  const { server } = await useGrpcServer();
  const session = connect(`http://127.0.0.1:${server.port}`);
  onTestFinished(() => {
    session.destroy();
  });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const request = session.request({ ':method': 'POST', ':path': '/x', 'content-type': 'application/json' });
  request.on('response', (headers) => {
    resolve(headers[constants.HTTP2_HEADER_STATUS]);
  });
  request.end('{}');
  expect(await promise).toBe(415);
});
