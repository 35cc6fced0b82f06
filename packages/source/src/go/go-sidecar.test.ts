import { parseConnectionName, parseVersion, type MigrationIdParts } from '@bfm/core';
import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { placeAt } from '@bfm/core';
import { readGoSidecar, type ReadSidecar } from './go-sidecar.ts';

function partsOf(): MigrationIdParts {
  const version = parseVersion('20250101120000');
  const connection = parseConnectionName('core');
  if (version === null || !connection.ok) throw new Error('the fixture is faulty');
  return { version, name: 'create_users', backend: 'postgresql', connection: connection.name };
}

function read(source: string): ReadSidecar {
  return readGoSidecar(source, partsOf());
}

function describeFaults(source: string): string[] {
  return read(source).faults.map(({ code, index, message }) => {
    const { line, column } = placeAt(source, index);
    return `${code} ${line}:${column} ${message}`;
  });
}

const WHOLE = `//go:build !ignore
// Package core { Schema: "no" }
package core

import (
	_ "embed"

	"example.org/bfm/migrations" /* Tags: []string{"no=no"} */
)

//go:embed 20250101120000_create_users.up.sql
var upSQL string

const (
	schemaName = "co" // first half
	quote      = '"'
)

func init() {
	for i := 0; i < 1; i++ {
		_ = map[string]int{"Schema": 1}
	}
	migrations.GlobalRegistry.Register(&migrations.MigrationScript{
		Schema:     schemaName + \`re\`,
		Version:    "20250101120000",
		Name:       "create_users",
		Connection: "core",
		Backend:    "postgresql",
		UpSQL:      upSQL,
		DownSQL:    mustRead("x, }"),
		Dependencies: []string{
			"create_organizations",
			"20250101110000_b_postgresql_guard",
		},
		StructuredDependencies: []migrations.Dependency{
			{
				Connection:     "guard",
				Schema:         "guard",
				Target:         "20250101100000",
				TargetType:     "version",
			},
			migrations.Dependency{Target: "seed_\\u0061", TargetType: "name", Schema: "core", RequiresTable: "organizations"},
			&migrations.Dependency{RequiresTable: "t", RequiresSchema: "s"},
		},
		Tags: []string{"tier=critical", "team=billing",},
	})
}
`;

describe('readGoSidecar', () => {
  it('reads schema, dependencies, requirements and tags of the literal that describes the migration', () => {
    const { facts, faults, warnings } = read(WHOLE);
    expect([...faults, ...warnings]).toEqual([]);
    expect(facts?.schema?.name).toBe('core');
    expect(facts?.dependencies).toMatchObject([
      { connection: null, target: 'create_organizations' },
      { connection: null, target: '20250101110000_b_postgresql_guard' },
      { connection: 'guard', target: '20250101100000' },
      { connection: null, target: 'seed_a' },
    ]);
    expect(facts?.tables).toEqual([
      { schema: 'core', table: 'organizations' },
      { schema: 's', table: 't' },
    ]);
    expect(facts?.schemas).toEqual(['s']);
    expect(Object.fromEntries(facts?.tags ?? [])).toEqual({ tier: 'critical', team: 'billing' });
  });

  it('takes an empty schema and nil lists for none', () => {
    const { facts, faults } = read('var m = M{Schema: "", Dependencies: nil, Tags: []string{}}');
    expect(faults).toEqual([]);
    expect(facts).toMatchObject({ schema: null, dependencies: [] });
  });

  it('takes the literal of this migration among several', () => {
    const { facts } = read(
      'var a = M{Name: "other", Tags: []string{"a=1"}}; var b = M{Name: "create_users", Tags: []string{"b=2"}}',
    );
    expect(Object.fromEntries(facts?.tags ?? [])).toEqual({ b: '2' });
  });

  it('finds no migration in other Go, without a fault', () => {
    expect(read('package core\n\nvar x = Point{X: 1, Y: 2}\n')).toEqual({
      facts: null,
      faults: [],
      warnings: [],
    });
  });

  it('warns of a requirement in another connection, and keeps the dependency', () => {
    const { facts, warnings } = read(
      'M{Name: "create_users", StructuredDependencies: []D{{Connection: "guard", Target: "a", RequiresTable: "t"}}}',
    );
    expect(facts?.tables).toEqual([]);
    expect(facts?.dependencies).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['M{Version: "20250101120001", Tags: nil}', '1:2 it describes another migration than its file name does'],
    ['M{Tags: nil}\nvar x = M{Tags: nil}', '2:10 the migration is described twice'],
    ['M{Schema: schemaOf(), Tags: nil}', '1:11 a value is no text that can be read'],
    ['M{Schema: unknown, Tags: nil}', '1:11 a value is no text that can be read'],
    ['M{Schema: "bfm", Tags: nil}', '1:11 Schema cannot be "bfm": schema bfm holds BFM\'s own ledger'],
    ['M{Dependencies: deps()}', '1:17 a value is no list of texts that can be read'],
    ['M{Dependencies: []string{"a", f()}}', '1:17 a value is no list of texts that can be read'],
    ['M{Tags: []string{"x"}}', '1:18 a tag cannot be "x": a tag is key=value'],
    [
      'M{StructuredDependencies: []D{{}}}',
      '1:31 a dependency has neither Target nor RequiresTable nor RequiresSchema',
    ],
    ['M{StructuredDependencies: []D{f()}}', '1:27 a value is no list of structs that can be read'],
    ['M{Tags: []string{"x=y}\n}', '1:18 a text opened here is never closed'],
    ['var a = `x', '1:9 a text opened here is never closed'],
    ['/* M{Tags: nil}', '1:1 a comment opened here is never closed'],
  ])('refuses %j', (source, fault) => {
    expect(describeFaults(source)).toEqual([`migration.sidecar_invalid ${fault}`]);
  });

  it.each<[string, string]>([
    ['closed', '"'],
    ['open', ''],
  ])('reads past a text of megabytes that is %s', (_what, close) => {
    const source = `var a = "${'x\\n'.repeat(2_000_000)}${close}`;
    expect(describeFaults(source)).toHaveLength(close === '' ? 1 : 0);
  });

  it('never throws, whatever stands in the file', () => {
    const piece = fc.constantFrom(
      'M{',
      '}',
      'Tags',
      ':',
      '[]string{',
      '"a=b"',
      ',',
      '`',
      '"',
      "'",
      '\\',
      '/*',
      '*/',
      '//',
      '\n',
      'Name',
      '=',
      '+',
      '(',
      ')',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        read(pieces.join(''));
      }),
      { numRuns: 1000 },
    );
  });
});
