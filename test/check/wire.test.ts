import { file_migration } from '../../packages/contract/src/generated/migration_pb.ts';
import { clone, createFileRegistry, type DescFile } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { readBaseline } from '../../scripts/proto/baseline.ts';
import { compareHashes, findStale } from '../../scripts/proto/generated-files.ts';
import { compareWire, describeWire } from '../../scripts/proto/wire-shape.ts';

/** The file as it would be after an edit. */
function edited(edit: (file: FileDescriptorProto) => void): DescFile {
  const proto = clone(FileDescriptorProtoSchema, file_migration.proto);
  edit(proto);
  const file = createFileRegistry(proto, () => undefined).getFile(proto.name);
  if (file === undefined) throw new Error('the edited file is gone');
  return file;
}

function find<T extends { name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const fieldOf = (file: FileDescriptorProto, message: string, field: string) =>
  find(find(file.messageType, message).field, field);
const methodOf = (file: FileDescriptorProto, name: string) =>
  find(find(file.service, 'MigrationService').method, name);

/** Edits that old clients would not survive, and what has to be said of each. */
const BREAKS: readonly (readonly [string, (file: FileDescriptorProto) => void, string])[] = [
  [
    'another field number',
    (file) => {
      fieldOf(file, 'MigrateRequest', 'dry_run').number = 7;
    },
    'migration.MigrateRequest 5 was `bool dry_run` and is gone',
  ],
  [
    'two field numbers swapped',
    (file) => {
      fieldOf(file, 'MigrateResponse', 'applied').number = 3;
      fieldOf(file, 'MigrateResponse', 'skipped').number = 2;
    },
    'migration.MigrateResponse 2 was `repeated string applied` and is `repeated string skipped`',
  ],
  [
    'another type',
    (file) => {
      fieldOf(file, 'ReindexResponse', 'total').type = FieldDescriptorProto_Type.INT64;
    },
    'migration.ReindexResponse 4 was `int32 total` and is `int64 total`',
  ],
  [
    'another name',
    (file) => {
      fieldOf(file, 'MigrationListItem', 'status').name = 'state';
    },
    'migration.MigrationListItem 9 was `string status` and is `string state`',
  ],
  [
    'one where there were many',
    (file) => {
      fieldOf(file, 'MigrationTarget', 'tags').label = FieldDescriptorProto_Label.OPTIONAL;
    },
    'migration.MigrationTarget 6 was `repeated string tags` and is `string tags`',
  ],
  [
    'a field that is gone',
    (file) => {
      find(file.messageType, 'HealthResponse').field.splice(0, 1);
    },
    'migration.HealthResponse 1 was `string status` and is gone',
  ],
  [
    'a message that has another name',
    (file) => {
      find(file.messageType, 'HealthRequest').name = 'Healthy';
      methodOf(file, 'Health').inputType = '.migration.Healthy';
    },
    'migration.HealthRequest was `declared` and is gone',
  ],
  [
    'a method that is gone',
    (file) => {
      const { method } = find(file.service, 'MigrationService');
      method.splice(method.indexOf(methodOf(file, 'IsMigrationApplied')), 1);
    },
    'migration.MigrationService IsMigrationApplied was `migration.IsMigrationAppliedRequest -> migration.IsMigrationAppliedResponse` and is gone',
  ],
  [
    'a stream that is none any more',
    (file) => {
      methodOf(file, 'StreamMigrate').serverStreaming = false;
    },
    'migration.MigrationService StreamMigrate was `migration.MigrateRequest -> stream migration.MigrateProgress` and is `migration.MigrateRequest -> migration.MigrateProgress`',
  ],
  [
    'another request',
    (file) => {
      methodOf(file, 'GetMigration').inputType = '.migration.GetMigrationStatusRequest';
    },
    'migration.MigrationService GetMigration was `migration.GetMigrationRequest -> migration.MigrationDetailResponse` and is `migration.GetMigrationStatusRequest -> migration.MigrationDetailResponse`',
  ],
  [
    'another package',
    (file) => {
      file.package = 'bfm';
      const text = (type: string): string => type.replace('.migration.', '.bfm.');
      for (const { field } of file.messageType) for (const each of field) each.typeName = text(each.typeName);
      for (const { method } of file.service) {
        for (const each of method) {
          each.inputType = text(each.inputType);
          each.outputType = text(each.outputType);
        }
      }
    },
    'migration.MigrationService was `declared` and is gone',
  ],
];

describe('the wire', () => {
  it('is exactly what the baseline has promised', async () => {
    const difference = compareWire(await readBaseline(), describeWire(file_migration));
    expect(difference).toEqual({ breaks: [], additions: [] });
  });

  it.each(BREAKS)('breaks by %s', async (_what, edit, told) => {
    expect(compareWire(await readBaseline(), describeWire(edited(edit))).breaks).toContain(told);
  });

  it('grows without breaking', async () => {
    const grown = edited((file) => {
      const { field } = find(file.messageType, 'HealthResponse');
      const added = clone(FileDescriptorProtoSchema, file).messageType.flatMap((message) => message.field)[0];
      if (added === undefined) throw new Error('no field to copy');
      field.push(Object.assign(added, { name: 'version', jsonName: 'version', number: 3 }));
    });
    const { breaks, additions } = compareWire(await readBaseline(), describeWire(grown));
    expect(breaks).toEqual([]);
    expect(additions).toEqual(['migration.HealthResponse 3 is new: `string version`']);
  });
});

describe('the generated code', () => {
  it('was made from the .proto files as they are, and not edited since', async () => {
    expect(await findStale()).toEqual([]);
  });

  it.each([
    ['edited', { 'proto/a.proto': '2', 'src/generated/a.ts': '1' }, 'proto/a.proto'],
    ['edited by hand', { 'proto/a.proto': '1', 'src/generated/a.ts': '2' }, 'src/generated/a.ts'],
    ['gone', { 'proto/a.proto': '1' }, 'src/generated/a.ts'],
    ['new', { 'proto/a.proto': '1', 'src/generated/a.ts': '1', 'proto/b.proto': '1' }, 'proto/b.proto'],
  ])('is stale when a file is %s', (_what, found, file) => {
    const noted = { 'proto/a.proto': '1', 'src/generated/a.ts': '1' };
    const told = [`packages/contract/${file} changed since the code was generated. Run: npm run proto`];
    expect(compareHashes(noted, found as unknown as typeof noted)).toEqual(told);
  });
});
