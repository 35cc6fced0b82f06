import { gzipSync } from 'node:zlib';
import { compressionAlgorithms, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GRPC_LIMITS } from '../../src/index.ts';
import { toTestProcedures } from './support/procedures.ts';
import { refusalOf, toMetadata, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

/** Sends these bytes as a request, and gives back the answer's. */
function sendBytes(port: number, path: string, bytes: Buffer): Promise<Buffer> {
  const { client } = useClient(port);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/migration.MigrationService/${path}`,
      (request: Buffer) => request,
      (answer: Buffer) => answer,
      bytes,
      toMetadata('admin-token'),
      (error, answer) => {
        if (error === null) resolve(answer ?? Buffer.alloc(0));
        else reject(error);
      },
    );
  });
}

describe('bytes that are no request', () => {
  it.each([
    ['text that is not UTF-8', Buffer.from([0x0a, 0x02, 0xc3, 0x28])],
    ['a length beyond the end', Buffer.from([0x0a, 0x7f, 0x61])],
    ['an endless number', Buffer.from([0x0a, ...Array<number>(11).fill(0xff)])],
    ['a tag that does not exist', Buffer.from([0x07])],
    ['a field of number 0', Buffer.from([0x02, 0x00])],
    ['JSON', Buffer.from('{"migration_id":"x"}')],
  ])('are refused as the caller’s fault: %s', async (_what, bytes) => {
    const { server, faults } = await useGrpcServer();
    const { code, details } = await refusalOf(sendBytes(server.port, 'GetMigration', bytes));
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(details).toContain('not a message of this method');
    expect(faults).toEqual([]);
  });

  it('unknown fields are passed over, as newer clients send them', async () => {
    const { server } = await useGrpcServer();
    // Field 100, a text.
    const answer = await sendBytes(server.port, 'IsMigrationApplied', Buffer.from([0xa2, 0x06, 0x01, 0x78]));
    expect(answer).toEqual(Buffer.alloc(0));
  });
});

describe('sizes', () => {
  const limits = { ...DEFAULT_GRPC_LIMITS, requestBytesMax: 10_000, answerBytesMax: 10_000 };

  it('of a request are held to the limit', async () => {
    const { server } = await useGrpcServer({ limits });
    const { call } = useClient(server.port);
    expect(await call('Migrate', { schema: 'x'.repeat(9_900) })).toMatchObject({ success: true });
    const { code } = await refusalOf(call('Migrate', { schema: 'x'.repeat(10_100) }));
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
  });

  it('a small request that unpacks to a large one is refused', async () => {
    const { server } = await useGrpcServer({ limits });
    const { call } = useClient(server.port, {
      channel: { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip },
    });
    expect(gzipSync('x'.repeat(1_000_000)).length).toBeLessThan(10_000);
    expect((await refusalOf(call('Migrate', { schema: 'x'.repeat(1_000_000) }))).code).toBe(
      status.RESOURCE_EXHAUSTED,
    );
  });

  it('an answer beyond the limit is not sent', async () => {
    const procedures = toTestProcedures({
      listMigrations: () => Promise.resolve({ items: [{ name: 'x'.repeat(20_000) }] }),
    });
    const { server } = await useGrpcServer({ limits, procedures });
    expect((await refusalOf(useClient(server.port).call('ListMigrations'))).code).toBe(
      status.RESOURCE_EXHAUSTED,
    );
  });
});

it('a method that does not exist is unimplemented', async () => {
  const { server } = await useGrpcServer();
  expect((await refusalOf(sendBytes(server.port, 'Nothing', Buffer.alloc(0)))).code).toBe(
    status.UNIMPLEMENTED,
  );
});

it('a port that is taken is named, with the setting that changes it', async () => {
  const { server } = await useGrpcServer();
  await expect(useGrpcServer({ port: server.port })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(`127.0.0.1:${server.port}`) as string,
    next: expect.stringContaining('BFM_GRPC_PORT') as string,
  });
});

it('a certificate that is none is refused at the start', async () => {
  const none = Buffer.from('none');
  await expect(
    useGrpcServer({ tls: { key: none, certificate: none, clientAuthority: null } }),
  ).rejects.toMatchObject({ code: 'config.invalid' });
});
