import type { SchemaName } from '@bfm/core';
import { expect, it } from 'vitest';
import { toSchemaKinds } from './compare-schemas.ts';

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
