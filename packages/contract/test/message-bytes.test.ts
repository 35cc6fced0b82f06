import { fromBinary, toBinary, type DescMessage } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { MigrationService } from '../src/index.ts';

/**
 * Every message as clients in the field have always sent and read it, written by hand from the field numbers of the older
 * server's contract: a wrong number, type or repetition shows here whatever the .proto file or the generator say.
 */
type FieldBytes =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly varint: number }
  | { readonly number: number; readonly message: readonly FieldBytes[] };

const text = (number: number, value: string): FieldBytes => ({ number, text: value });
const varint = (number: number, value: number): FieldBytes => ({ number, varint: value });
const message = (number: number, ...fields: readonly FieldBytes[]): FieldBytes => ({
  number,
  message: fields,
});

/** Tag, length, contents. Numbers up to 15 and lengths up to 127 are one byte each; these tests need no more. */
function bytesOf(fields: readonly FieldBytes[]): readonly number[] {
  return fields.flatMap((field) => {
    if ('varint' in field) return [field.number * 8, field.varint];
    const contents = 'text' in field ? [...new TextEncoder().encode(field.text)] : bytesOf(field.message);
    return [field.number * 8 + 2, contents.length, ...contents];
  });
}

const MESSAGES: Readonly<
  Record<string, { readonly bytes: readonly FieldBytes[]; readonly value: Readonly<Record<string, unknown>> }>
> = {
  MigrateRequest: {
    bytes: [
      message(
        1,
        text(1, 'b'),
        text(2, 's'),
        text(3, 't1'),
        text(3, 't2'),
        text(4, 'v'),
        text(5, 'c'),
        text(6, 'k=v'),
      ),
      text(2, 'core'),
      text(3, 'schema'),
      text(4, 'name'),
      varint(5, 1),
      varint(6, 1),
    ],
    value: {
      target: {
        backend: 'b',
        schema: 's',
        tables: ['t1', 't2'],
        version: 'v',
        connection: 'c',
        tags: ['k=v'],
      },
      connection: 'core',
      schema: 'schema',
      schemaName: 'name',
      dryRun: true,
      ignoreDependencies: true,
    },
  },
  MigrateResponse: {
    bytes: [varint(1, 1), text(2, 'a'), text(2, 'b'), text(3, 's'), text(4, 'e')],
    value: { success: true, applied: ['a', 'b'], skipped: ['s'], errors: ['e'] },
  },
  MigrateProgress: {
    bytes: [text(1, 'id'), text(2, 'running'), text(3, 'm'), varint(4, 99)],
    value: { migrationId: 'id', status: 'running', message: 'm', progress: 99 },
  },
  MigrateDownRequest: {
    bytes: [text(1, 'id'), text(2, 'a'), text(2, 'b'), varint(3, 1), varint(4, 1)],
    value: { migrationId: 'id', schemas: ['a', 'b'], dryRun: true, ignoreDependencies: true },
  },
  ListMigrationsRequest: {
    bytes: [text(1, 's'), text(2, 't'), text(3, 'c'), text(4, 'b'), text(5, 'st'), text(6, 'v')],
    value: { schema: 's', table: 't', connection: 'c', backend: 'b', status: 'st', version: 'v' },
  },
  ListMigrationsResponse: {
    bytes: [
      message(
        1,
        ...[
          text(1, 'id'),
          text(2, 's'),
          text(3, 't'),
          text(4, 'v'),
          text(5, 'n'),
          text(6, 'c'),
          text(7, 'b'),
        ],
        ...[varint(8, 1), text(9, 'applied'), text(10, 'at'), text(11, 'e'), text(12, 'k=v')],
      ),
      varint(2, 7),
    ],
    value: {
      items: [
        {
          migrationId: 'id',
          schema: 's',
          table: 't',
          version: 'v',
          name: 'n',
          connection: 'c',
          backend: 'b',
          applied: true,
          status: 'applied',
          appliedAt: 'at',
          errorMessage: 'e',
          tags: ['k=v'],
        },
      ],
      total: 7,
    },
  },
  GetMigrationRequest: { bytes: [text(1, 'id')], value: { migrationId: 'id' } },
  MigrationDetailResponse: {
    bytes: [
      ...[text(1, 'id'), text(2, 's'), text(3, 't'), text(4, 'v'), text(5, 'n'), text(6, 'c'), text(7, 'b')],
      ...[varint(8, 1), text(9, 'up'), text(10, 'down'), text(11, 'd1'), text(11, 'd2')],
      message(12, text(1, 'c'), text(2, 's'), text(3, 't'), text(4, 'name'), text(5, 'rt'), text(6, 'rs')),
      text(13, 'k=v'),
    ],
    value: {
      migrationId: 'id',
      schema: 's',
      table: 't',
      version: 'v',
      name: 'n',
      connection: 'c',
      backend: 'b',
      applied: true,
      upSql: 'up',
      downSql: 'down',
      dependencies: ['d1', 'd2'],
      structuredDependencies: [
        {
          connection: 'c',
          schema: 's',
          target: 't',
          targetType: 'name',
          requiresTable: 'rt',
          requiresSchema: 'rs',
        },
      ],
      tags: ['k=v'],
    },
  },
  GetMigrationStatusRequest: { bytes: [text(1, 'id')], value: { migrationId: 'id' } },
  MigrationStatusResponse: {
    bytes: [text(1, 'id'), text(2, 'applied'), varint(3, 1), text(4, 'at'), text(5, 'e')],
    value: { migrationId: 'id', status: 'applied', applied: true, appliedAt: 'at', errorMessage: 'e' },
  },
  IsMigrationAppliedRequest: { bytes: [text(1, 'id')], value: { migrationId: 'id' } },
  IsMigrationAppliedResponse: { bytes: [varint(1, 1)], value: { applied: true } },
  GetMigrationHistoryRequest: { bytes: [text(1, 'id')], value: { migrationId: 'id' } },
  MigrationHistoryResponse: {
    bytes: [
      text(1, 'id'),
      message(
        2,
        ...[
          text(1, 'id'),
          text(2, 's'),
          text(3, 't'),
          text(4, 'v'),
          text(5, 'c'),
          text(6, 'b'),
          text(7, 'at'),
        ],
        ...[text(8, 'failed'), text(9, 'e'), text(10, 'by'), text(11, 'api'), text(12, '{}')],
      ),
    ],
    value: {
      migrationId: 'id',
      history: [
        {
          migrationId: 'id',
          schema: 's',
          table: 't',
          version: 'v',
          connection: 'c',
          backend: 'b',
          appliedAt: 'at',
          status: 'failed',
          errorMessage: 'e',
          executedBy: 'by',
          executionMethod: 'api',
          executionContext: '{}',
        },
      ],
    },
  },
  RollbackMigrationRequest: {
    bytes: [text(1, 'id'), text(2, 'a'), text(2, 'b')],
    value: { migrationId: 'id', schemas: ['a', 'b'] },
  },
  RollbackResponse: {
    bytes: [varint(1, 1), text(2, 'm'), text(3, 'e')],
    value: { success: true, message: 'm', errors: ['e'] },
  },
  ReindexMigrationsRequest: { bytes: [text(1, 'sfm')], value: { sfmPath: 'sfm' } },
  ReindexResponse: {
    bytes: [text(1, 'a'), text(2, 'r'), text(3, 'u'), varint(4, 3)],
    value: { added: ['a'], removed: ['r'], updated: ['u'], total: 3 },
  },
  HealthRequest: { bytes: [], value: {} },
  HealthResponse: {
    bytes: [text(1, 'healthy'), message(2, text(1, 'executor'), text(2, 'ok'))],
    value: { status: 'healthy', checks: { executor: 'ok' } },
  },
};

const descriptors = new Map<string, DescMessage>(
  MigrationService.methods.flatMap(({ input, output }) =>
    [input, output].map((desc) => [desc.name, desc] as const),
  ),
);

describe('the bytes of', () => {
  it('every request and answer are looked at', () => {
    expect(Object.keys(MESSAGES).sort()).toEqual([...descriptors.keys()].sort());
  });

  it.each(Object.entries(MESSAGES))('%s are those of clients in the field', (name, { bytes, value }) => {
    const desc = descriptors.get(name);
    if (desc === undefined) throw new Error(`no message ${name}`);
    const wire = Uint8Array.from(bytesOf(bytes));
    const read = fromBinary(desc, wire);
    expect(read).toMatchObject(value);
    expect(read.$unknown).toBeUndefined();
    expect([...toBinary(desc, read)]).toEqual([...wire]);
  });
});

it('the service has its eleven methods under their names', () => {
  expect(MigrationService.typeName).toBe('migration.MigrationService');
  expect(MigrationService.methods.map(({ name, methodKind }) => `${name} ${methodKind}`).sort()).toEqual([
    'GetMigration unary',
    'GetMigrationHistory unary',
    'GetMigrationStatus unary',
    'Health unary',
    'IsMigrationApplied unary',
    'ListMigrations unary',
    'Migrate unary',
    'MigrateDown unary',
    'ReindexMigrations unary',
    'RollbackMigration unary',
    'StreamMigrate server_streaming',
  ]);
});
