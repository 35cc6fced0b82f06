import { isBackendName, parseConnectionName, parseSchemaName, parseVersion } from '@bfm/core';
import type { BackendName, Checksum, ConnectionName, SchemaName, Script, Version } from '@bfm/core';
import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { buildCatalog } from './build-catalog.ts';
import type { DependencyRef, MigrationDraft } from './migration-draft.ts';

const EXECUTION = {
  transaction: 'per-migration',
  lockTimeoutMs: null,
  statementTimeoutMs: null,
  batchSize: null,
  batchPauseMs: null,
  verify: null,
} as const;

const NO_DEFAULTS = { defaultSchemas: new Map<ConnectionName, SchemaName>() };

interface DraftInit {
  readonly name: string;
  readonly version?: string;
  readonly backend?: string;
  readonly connection?: string;
  readonly schema?: string | null;
  readonly dependsOn?: readonly string[];
}

function draftOf(init: DraftInit): MigrationDraft {
  const version = asVersion(init.version ?? '20250101000000');
  const backend = asBackend(init.backend ?? 'postgresql');
  const connection = asConnection(init.connection ?? 'core');
  const path = `${backend}/${connection}/${version}_${init.name}.up.sql`;
  return {
    version,
    name: init.name,
    backend,
    connection,
    schema: init.schema === undefined || init.schema === null ? null : asSchema(init.schema),
    tags: {},
    dependencies: (init.dependsOn ?? []).map((text, index) => refOf(text, path, index + 1)),
    requires: { tables: [], schemas: [] },
    up: scriptOf(path),
    down: null,
  };
}

function refOf(text: string, file: string, line: number): DependencyRef {
  const [first = '', second] = text.split('/');
  const where = { file, line, column: 4 };
  return second === undefined
    ? { connection: null, target: first, text, where }
    : { connection: asConnection(first), target: second, text, where };
}

function scriptOf(path: string): Script {
  return { path, text: 'SELECT 1', checksum: 'c' as Checksum, execution: EXECUTION };
}

function asVersion(text: string): Version {
  const version = parseVersion(text);
  if (version === null) throw new Error(text);
  return version;
}

function asBackend(text: string): BackendName {
  if (!isBackendName(text)) throw new Error(text);
  return text;
}

function asConnection(text: string): ConnectionName {
  const result = parseConnectionName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

function asSchema(text: string): SchemaName {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

function names(drafts: readonly MigrationDraft[]): string[] {
  return buildCatalog(drafts, NO_DEFAULTS).catalog.migrations.map((migration) => migration.name);
}

describe('the canonical order', () => {
  it('puts the lowest version first when nothing depends on anything', () => {
    const drafts = [
      draftOf({ name: 'c', version: '20250103000000' }),
      draftOf({ name: 'a', version: '20250101000000' }),
      draftOf({ name: 'b', version: '20250102000000' }),
    ];
    expect(names(drafts)).toEqual(['a', 'b', 'c']);
  });

  it('puts a dependency before its dependent, whatever the versions, across connections and backends', () => {
    const drafts = [
      draftOf({ name: 'a', version: '20250101000000', dependsOn: ['logs/z'] }),
      draftOf({ name: 'b', version: '20250102000000' }),
      draftOf({ name: 'z', version: '20260101000000', connection: 'logs', backend: 'greptimedb' }),
    ];
    expect(names(drafts)).toEqual(['b', 'z', 'a']);
  });

  it('gives index and rank of every migration', () => {
    const { catalog } = buildCatalog([draftOf({ name: 'a' })], NO_DEFAULTS);
    const [migration] = catalog.migrations;
    expect(migration?.id).toBe('20250101000000_a_postgresql_core');
    expect(migration && catalog.byId.get(migration.id)).toBe(migration);
    expect(migration && catalog.rank.get(migration.id)).toBe(0);
  });

  it('orders ten thousand migrations in a chain', () => {
    const drafts = Array.from({ length: 10_000 }, (_, index) =>
      draftOf({
        name: `m${index}`,
        version: String(20250101000000 + index),
        dependsOn: index === 0 ? [] : [`m${index - 1}`],
      }),
    );
    const { catalog, faults } = buildCatalog(drafts, NO_DEFAULTS);
    expect(faults).toEqual([]);
    expect(catalog.migrations).toHaveLength(10_000);
  });
});

describe('schemas', () => {
  it('fixes a migration to the default schema of its connection, unless it names one itself', () => {
    const defaultSchemas = new Map([[asConnection('core'), asSchema('main')]]);
    const drafts = [
      draftOf({ name: 'a' }),
      draftOf({ name: 'b', version: '20250102000000', schema: 'other' }),
      draftOf({ name: 'c', version: '20250103000000', connection: 'guard' }),
    ];
    const { catalog } = buildCatalog(drafts, { defaultSchemas });
    expect(catalog.migrations.map((migration) => migration.schema)).toEqual(['main', 'other', null]);
  });

  it('refuses a fixed migration that depends on a dynamic one', () => {
    const drafts = [
      draftOf({ name: 'a' }),
      draftOf({ name: 'b', version: '20250102000000', schema: 'core', dependsOn: ['a'] }),
    ];
    const { faults, catalog } = buildCatalog(drafts, NO_DEFAULTS);
    expect(faults).toMatchObject([{ code: 'dependency.fixed_on_dynamic', where: { line: 1, column: 4 } }]);
    expect(catalog.migrations.map((migration) => migration.name)).toEqual(['a']);
  });
});

describe('dependencies are found by', () => {
  const target = draftOf({ name: 'base', version: '20250101000000', connection: 'guard', schema: 'guard' });
  it.each([
    'guard/base',
    'guard/20250101000000',
    'guard/20250101000000_base',
    'guard/20250101000000_base_postgresql_guard',
    '20250101000000_base_postgresql_guard',
  ])('%s', (text) => {
    const dependent = draftOf({ name: 'b', version: '20250102000000', dependsOn: [text] });
    const { catalog, faults } = buildCatalog([dependent, target], NO_DEFAULTS);
    expect(faults).toEqual([]);
    expect(catalog.migrations[1]?.dependencies).toEqual(['20250101000000_base_postgresql_guard']);
  });

  it('lists a dependency once that is named twice', () => {
    const dependent = draftOf({
      name: 'b',
      version: '20250102000000',
      dependsOn: ['guard/base', 'guard/20250101000000'],
    });
    const { catalog } = buildCatalog([dependent, target], NO_DEFAULTS);
    expect(catalog.migrations[1]?.dependencies).toEqual(['20250101000000_base_postgresql_guard']);
  });
});

describe('faults', () => {
  it('says where a missing dependency stands, and the nearest name', () => {
    const drafts = [
      draftOf({ name: 'create_users' }),
      draftOf({ name: 'b', version: '20250102000000', dependsOn: ['create_user'] }),
    ];
    const nearest = (_word: string, candidates: readonly string[]): string | null =>
      candidates.find((candidate) => candidate === 'create_users') ?? null;
    const { faults } = buildCatalog(drafts, { ...NO_DEFAULTS, nearest });
    expect(faults).toEqual([
      {
        code: 'dependency.missing',
        message: '20250102000000_b_postgresql_core depends on create_user, which does not exist',
        mend: 'Did you mean create_users? Write a name that is of connection core.',
        where: {
          file: 'postgresql/core/20250102000000_b.up.sql',
          line: 1,
          column: 4,
          migration_id: '20250102000000_b_postgresql_core',
        },
      },
    ]);
  });

  it('names the connection that has the migration when the file forgot to', () => {
    const drafts = [
      draftOf({ name: 'create_users', connection: 'guard' }),
      draftOf({ name: 'b', version: '20250102000000', dependsOn: ['create_users'] }),
    ];
    expect(buildCatalog(drafts, NO_DEFAULTS).faults[0]?.mend).toContain('write guard/create_users');
  });

  it('lists all migrations an ambiguous name fits', () => {
    const drafts = [
      draftOf({ name: 'a', version: '20250101000000' }),
      draftOf({ name: 'a', version: '20250102000000' }),
      draftOf({ name: 'b', version: '20250103000000', dependsOn: ['a'] }),
    ];
    const [fault] = buildCatalog(drafts, NO_DEFAULTS).faults;
    expect(fault?.code).toBe('dependency.ambiguous');
    expect(fault?.message).toContain('20250101000000_a_postgresql_core, 20250102000000_a_postgresql_core');
  });

  it('prints a self-dependency as a cycle of one', () => {
    const { faults } = buildCatalog([draftOf({ name: 'a', dependsOn: ['a'] })], NO_DEFAULTS);
    expect(faults).toMatchObject([
      {
        code: 'dependency.cycle',
        message: expect.stringContaining(
          '20250101000000_a_postgresql_core -> 20250101000000_a_postgresql_core',
        ) as string,
      },
    ]);
  });

  it('prints each cycle once with its whole path, and keeps its dependents out without a fault of their own', () => {
    const drafts = [
      draftOf({ name: 'a', version: '20250101000000', dependsOn: ['b'] }),
      draftOf({ name: 'b', version: '20250102000000', dependsOn: ['c'] }),
      draftOf({ name: 'c', version: '20250103000000', dependsOn: ['a'] }),
      draftOf({ name: 'd', version: '20250104000000', dependsOn: ['c'] }),
      draftOf({ name: 'e', version: '20250105000000', dependsOn: ['f'] }),
      draftOf({ name: 'f', version: '20250106000000', dependsOn: ['e'] }),
      draftOf({ name: 'g', version: '20250107000000' }),
    ];
    const { faults, catalog, quarantined } = buildCatalog(drafts, NO_DEFAULTS);
    const id = (version: string, name: string): string => `${version}_${name}_postgresql_core`;
    expect(faults.map((fault) => fault.message)).toEqual([
      `dependencies form a cycle: ${[id('20250101000000', 'a'), id('20250102000000', 'b'), id('20250103000000', 'c'), id('20250101000000', 'a')].join(' -> ')}`,
      `dependencies form a cycle: ${[id('20250105000000', 'e'), id('20250106000000', 'f'), id('20250105000000', 'e')].join(' -> ')}`,
    ]);
    expect(catalog.migrations.map((migration) => migration.name)).toEqual(['g']);
    expect(quarantined).toContainEqual({
      id: id('20250104000000', 'd'),
      version: '20250104000000',
      blockedBy: id('20250103000000', 'c'),
    });
  });

  it('tells both of two cycles that share a migration', () => {
    const drafts = [
      draftOf({ name: 'hub', version: '20250101000000', dependsOn: ['b', 'c'] }),
      draftOf({ name: 'b', version: '20250102000000', dependsOn: ['hub'] }),
      draftOf({ name: 'c', version: '20250103000000', dependsOn: ['hub'] }),
    ];
    expect(buildCatalog(drafts, NO_DEFAULTS).faults).toHaveLength(2);
  });

  it('names both files of a repeated version, but lets other connections have it too', () => {
    const drafts = [
      draftOf({ name: 'b' }),
      draftOf({ name: 'a' }),
      draftOf({ name: 'a', connection: 'guard' }),
    ];
    const { faults, catalog } = buildCatalog(drafts, NO_DEFAULTS);
    expect(faults).toMatchObject([
      {
        code: 'migration.duplicate_version',
        message:
          'version 20250101000000 of connection core is given 2 times: ' +
          'postgresql/core/20250101000000_a.up.sql and postgresql/core/20250101000000_b.up.sql',
      },
    ]);
    expect(catalog.migrations.map((migration) => migration.connection)).toEqual(['guard']);
  });

  it('quarantines what depends on a broken migration instead of calling that missing', () => {
    const { name, version, backend, connection } = draftOf({ name: 'a' });
    const drafts = [draftOf({ name: 'b', version: '20250102000000', dependsOn: ['a'] })];
    const built = buildCatalog(drafts, { ...NO_DEFAULTS, broken: [{ name, version, backend, connection }] });
    expect(built.faults).toEqual([]);
    expect(built.catalog.migrations).toEqual([]);
    expect(built.quarantined.map((migration) => migration.id)).toEqual([
      '20250101000000_a_postgresql_core',
      '20250102000000_b_postgresql_core',
    ]);
  });

  it('warns of a version that is no date, and keeps the migration', () => {
    const { catalog, faults } = buildCatalog(
      [draftOf({ name: 'a', version: '20251301000000' })],
      NO_DEFAULTS,
    );
    expect(faults).toEqual([]);
    expect(catalog.migrations).toHaveLength(1);
    expect(catalog.warnings).toMatchObject([{ code: 'source.suspicious' }]);
  });
});

describe('properties', () => {
  const graph = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.record({
        edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size)), { maxLength: 2 * size }),
        size: fc.constant(size),
        versions: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: size, maxLength: size }),
        fixed: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      }),
    )
    .map(({ edges, size, versions, fixed }) =>
      Array.from({ length: size }, (_, index) =>
        draftOf({
          name: `m${index}`,
          version: String(20250101000000 + (versions[index] ?? 0)),
          connection: index % 3 === 0 ? 'guard' : 'core',
          schema: fixed[index] === true ? 'core' : null,
          // An edge to `size` is one to a migration that does not exist.
          dependsOn: edges
            .filter(([from]) => from === index)
            .map(([, to]) => `${to % 3 === 0 ? 'guard' : 'core'}/m${to}`),
        }),
      ),
    );

  it('gives the same catalog and the same faults for any order of the drafts', () => {
    fc.assert(
      fc.property(
        graph.chain((drafts) =>
          fc.tuple(fc.constant(drafts), fc.shuffledSubarray(drafts, { minLength: drafts.length })),
        ),
        ([drafts, shuffled]) => {
          expect(buildCatalog(shuffled, NO_DEFAULTS)).toEqual(buildCatalog(drafts, NO_DEFAULTS));
        },
      ),
    );
  });

  it('puts every dependency first, in the catalog too, and accounts for every draft', () => {
    fc.assert(
      fc.property(graph, (drafts) => {
        const { catalog, quarantined, faults } = buildCatalog(drafts, NO_DEFAULTS);
        for (const migration of catalog.migrations) {
          for (const dependency of migration.dependencies) {
            expect(catalog.rank.get(dependency)).toBeLessThan(catalog.rank.get(migration.id) ?? -1);
          }
        }
        expect(catalog.migrations.length + quarantined.length).toBe(drafts.length);
        expect(quarantined.length > 0).toBe(faults.length > 0);
      }),
    );
  });
});
