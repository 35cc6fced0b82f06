import { ErrorInfoSchema, StatusSchema } from '@bfm/contract';
import { BfmError, CATEGORIES, ERROR_CATALOG, type ErrorCode, type ErrorSpec } from '@bfm/core';
import { fromBinary } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { toTestProcedures } from './support/procedures.ts';
import { readAll, refusalOf, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

const CODES = Object.keys(ERROR_CATALOG) as ErrorCode[];

function infoOf({ metadata }: ServiceError) {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Buffer)) throw new Error('no details');
  const sent = fromBinary(StatusSchema, bytes);
  const [detail] = sent.details;
  return { sent, info: detail === undefined ? undefined : anyUnpack(detail, ErrorInfoSchema) };
}

it('every code of the catalogue arrives with its category’s status, its text, and itself', async () => {
  const { server, faults } = await useGrpcServer({
    procedures: toTestProcedures({
      getMigration: ({ migrationId }) =>
        Promise.reject(
          new BfmError(migrationId as ErrorCode, {
            message: `about ${migrationId}: "é" 100%\nand more`,
            details: { where: { connection: 'core' }, attempts: 3n },
            next: 'bfm status',
          }),
        ),
    }),
  });
  const { call } = useClient(server.port);
  for (const code of CODES) {
    const error = await refusalOf(call('GetMigration', { migration_id: code }));
    const spec: ErrorSpec = ERROR_CATALOG[code];
    const named = spec.grpc ?? CATEGORIES[spec.category].grpc;
    // A failed run is told in its answer; thrown, it is still not a success.
    expect([code, status[error.code]]).toEqual([code, named === 'OK' ? 'INTERNAL' : named]);
    expect(error.details).toBe(`about ${code}: "é" 100%\nand more`);
    const { sent, info } = infoOf(error);
    expect({ code: sent.code, message: sent.message }).toEqual({ code: error.code, message: error.details });
    expect(info).toMatchObject({
      reason: code.replace('.', '_').toUpperCase(),
      domain: 'bfm',
      metadata: { code, next: 'bfm status', details: '{"where":{"connection":"core"},"attempts":"3"}' },
    });
  }
  expect(faults.map((fault) => (fault as BfmError).code)).toEqual(['internal.invariant']);
});

describe('an error that nobody has made for callers', () => {
  it.each(['unary', 'stream'] as const)(
    'says nothing of itself in a %s call, and everything to the log',
    async (kind) => {
      const secret = new Error('password=hunter2');
      const { server, faults } = await useGrpcServer({
        procedures: toTestProcedures({
          listMigrations: () => {
            throw secret;
          },
          async *streamMigrate() {
            await Promise.resolve();
            throw secret;
          },
        }),
      });
      const { call, stream } = useClient(server.port);
      const error =
        kind === 'unary' ? await refusalOf(call('ListMigrations')) : (await readAll(stream())).error;
      expect(error?.code).toBe(status.INTERNAL);
      expect(JSON.stringify([error?.details, error?.metadata.toJSON()])).not.toContain('hunter2');
      expect(faults).toEqual([secret]);
    },
  );

  it('is also an answer that does not fit its message', async () => {
    const { server, faults } = await useGrpcServer({
      procedures: toTestProcedures({ reindexMigrations: () => Promise.resolve({ total: 2 ** 40 }) }),
    });
    expect((await refusalOf(useClient(server.port).call('ReindexMigrations'))).code).toBe(status.INTERNAL);
    expect(faults).toHaveLength(1);
  });
});

it('an error after some messages ends the stream behind them', async () => {
  const { server } = await useGrpcServer({
    procedures: toTestProcedures({
      async *streamMigrate() {
        yield { migrationId: 'a', status: 'running' };
        await Promise.resolve();
        throw new BfmError('target.locked', { message: 'held by b', next: 'wait' });
      },
    }),
  });
  const { messages, error } = await readAll(useClient(server.port).stream());
  expect(messages.map((message) => message['migration_id'])).toEqual(['a']);
  expect({ code: error?.code, details: error?.details }).toEqual({
    code: status.ABORTED,
    details: 'held by b',
  });
});

it('texts that are too long for trailers, or no Unicode, are shortened and mended', async () => {
  const { server } = await useGrpcServer({
    procedures: toTestProcedures({
      getMigration: () =>
        Promise.reject(
          new BfmError('request.invalid', {
            message: `\ud800${'é'.repeat(500_000)}`,
            details: { faults: [], text: 'x'.repeat(500_000) },
            next: '\udfff',
          }),
        ),
    }),
  });
  const error = await refusalOf(useClient(server.port).call('GetMigration'));
  expect(error.code).toBe(status.INVALID_ARGUMENT);
  expect(error.details).toMatch(/^\ufffdé+ \.\.\.$/);
  expect(infoOf(error).info?.metadata).toEqual({ code: 'request.invalid', next: '\ufffd' });
});
