import type { SchemaName } from '@bfm/core';
import { expect, it } from 'vitest';
import { readChecksums, toSchemaKinds } from './compare-schemas.ts';

it('groups schemas by what they are made of, the largest kind first', () => {
  const checksums = new Map(
    Object.entries({ e: 'odd', d: 'usual', c: 'usual', b: 'usual', a: 'other' }) as [SchemaName, string][],
  );
  expect(toSchemaKinds(checksums)).toEqual([
    { catalogChecksum: 'usual', schemas: ['b', 'c', 'd'], differences: null },
    { catalogChecksum: 'other', schemas: ['a'], differences: null },
    { catalogChecksum: 'odd', schemas: ['e'], differences: null },
  ]);
  expect(toSchemaKinds(new Map())).toEqual([]);
});

it('asks about a fleet some schemas at a time, and forgets none', async () => {
  const schemas = Array.from({ length: 250 }, (_, index) => `s${index}` as SchemaName);
  const asked: number[] = [];
  const checksums = await readChecksums(schemas, {
    catalogChecksums: (some) => {
      asked.push(some.length);
      return Promise.resolve(new Map(some.map((schema) => [schema, schema])));
    },
  });
  expect(asked).toEqual([100, 100, 50]);
  expect([...checksums.keys()]).toEqual(schemas);
});
