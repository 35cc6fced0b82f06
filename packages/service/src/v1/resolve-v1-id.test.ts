import type { BackendName, ConnectionName, MigrationId, SchemaName, Version } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { resolveV1Id, type NamedMigration } from './resolve-v1-id.ts';

const make = (name: string, more: Partial<Record<'version' | 'connection' | 'schema', string>> = {}) => {
  const { version = '20250101000000', connection = 'core', schema = null } = more;
  return {
    id: `${version}_${name}_postgresql_${connection}` as MigrationId,
    version: version as Version,
    name,
    backend: 'postgresql' as BackendName,
    connection: connection as ConnectionName,
    schema: schema as SchemaName | null,
  } satisfies NamedMigration;
};

const found = (text: string, ...migrations: readonly NamedMigration[]): unknown => {
  const resolved = resolveV1Id(text, migrations);
  return resolved && [resolved.migration.id, resolved.schema];
};

describe('an id of the v1 wire', () => {
  const users = make('create_users');
  const { id } = users;

  it.each([
    [id, null],
    [`cli_42_${id}`, 'cli_42'],
    ['20250101000000_create_users', null],
    ['core_20250101000000_create_users', null],
    ['cli_42_core_20250101000000_create_users', 'cli_42'],
    [`/metadata/operations_${id}`, '/metadata/operations'],
  ])('%s names a dynamic migration', (text, schema) => {
    expect(found(text, users)).toEqual([id, schema]);
  });

  it('names a fixed one in its own schema only', () => {
    const fixed = make('ops', { schema: '/metadata/operations' });
    const ids = [fixed.id, `/metadata/operations_${fixed.id}`, `_metadata_operations_${fixed.id}`];
    expect(ids.map((text) => found(text, fixed))).toEqual([
      [fixed.id, null],
      [fixed.id, '/metadata/operations'],
      [fixed.id, '/metadata/operations'],
    ]);
    expect(found(`other_${fixed.id}`, fixed)).toBeNull();
  });

  it('is never taken apart: names, schemas and connections hold underscores and versions', () => {
    const odd = make('20250101000000_x_rollback', { connection: 'a_b' });
    expect(found(`s_20250101000000_${odd.id}`, odd)).toEqual([odd.id, 's_20250101000000']);
    expect(found(odd.id, odd, make('x_rollback', { connection: 'a_b' }))).toEqual([odd.id, null]);
  });

  it('prefers the whole id, and refuses what fits several alike', () => {
    const other = make('create_users', { connection: 'guard' });
    expect(found('20250101000000_create_users', users, other)).toBeNull();
    expect(found('guard_20250101000000_create_users', users, other)).toEqual([other.id, null]);
    expect(found(`core_${other.id}`, users, other)).toEqual([other.id, 'core']);
  });

  it('that is nobody’s names nothing', () => {
    for (const text of ['', '20250101000000', `_${id}`, `${id}_`, 'create_users', `${id}_down`]) {
      expect(found(text, users)).toBeNull();
    }
  });
});
