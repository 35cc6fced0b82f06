import type { PlanRequest, Version } from '@bfm/core';
import { expect, it } from 'vitest';
import { catalogOf, connection, plan, plainLook, REQUEST, schema, step } from '../../test/sample.ts';
import { emptySelectionView } from './empty-selection-view.ts';

const FIXED = catalogOf([step('20250101000000', 'create_users', [])], 'core');

it.each<[string, Partial<PlanRequest>, string]>([
  ['no tag', { tags: { nosuch: '1' } }, 'no migration has the tag nosuch=1'],
  ['an empty list', { schemasListed: true }, 'the list of schemas is empty'],
  [
    'a schema nothing runs in',
    { schemas: [schema('acme')] },
    'no dynamic migration to run in schema acme, and none that names it',
  ],
  [
    'a connection without files',
    { connections: [connection('guard')] },
    'no migrations of connection guard in sfm',
  ],
  [
    'an early version',
    { to: '20240101000000' as Version },
    'no migration is as old as version 20240101000000',
  ],
])('says what nothing was found for: %s', (_what, request, text) => {
  const empty = plan([], { request: { ...REQUEST, ...request } });
  expect(emptySelectionView(empty, { catalog: FIXED, sfm: 'sfm' }, plainLook(80))).toEqual([
    `warning: ${text}`,
  ]);
});

it('says that the folder is empty, and nothing when the plan says it itself', () => {
  const source = { catalog: { migrations: [] }, sfm: './sfm/' };
  expect(emptySelectionView(plan([]), source, plainLook(80))).toEqual(['warning: no migrations in ./sfm/']);
  const skips = [
    { connection: connection('core'), schema: null, reason: 'schema_required' as const, migrations: 1 },
  ];
  expect(emptySelectionView(plan([], { skips }), source, plainLook(80))).toEqual([]);
});
