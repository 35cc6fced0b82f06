import { makePlanRequest } from '@bfm/core';
import type { JsonObject } from '@bfm/engine';
import { describe, expect, it } from 'vitest';
import { unsoundnessOf } from './sound-run.ts';

const REQUEST = { ...makePlanRequest({}) } as unknown as JsonObject;
const STEP = {
  migrationId: 'm',
  direction: 'up',
  checksum: {},
  execution: {},
  statements: [{ text: 'SELECT 1' }],
};
const GROUP = {
  backend: 'postgresql',
  connection: 'core',
  targets: [{ schema: 'one', createSchema: false }],
  steps: [STEP],
  deferred: [],
  basis: 'b',
};
const PLAN = { digest: 'd', direction: 'up', request: REQUEST, groups: [GROUP], skips: [], warnings: [] };
const RUN = { id: '7', request: REQUEST, options: {}, plan: PLAN as unknown as JsonObject };

describe('what a stored run is made of', () => {
  it('is sound as BFM writes it, whatever its options leave to the server', () => {
    expect(unsoundnessOf(RUN)).toBeNull();
    expect(unsoundnessOf({ ...RUN, options: { concurrency: 4, failuresMax: null } })).toBeNull();
  });

  it.each<[string, unknown, RegExp]>([
    ['request', null, /what it was asked for/],
    ['request', [], /what it was asked for/],
    ['request', { ...REQUEST, direction: 'sideways' }, /what it was asked for/],
    ['request', { ...REQUEST, schemas: [1] }, /what it was asked for/],
    ['options', [], /its options/],
    ['options', { concurrency: 0 }, /its options/],
    ['options', { lockWaitMs: 'long' }, /its options/],
    ['plan', 'plan', /its plan/],
    ['plan', { ...PLAN, groups: 7 }, /its plan/],
    ['plan', { ...PLAN, groups: [{ ...GROUP, targets: [null] }] }, /its plan/],
    ['plan', { ...PLAN, groups: [{ ...GROUP, steps: [{ ...STEP, statements: {} }] }] }, /its plan/],
  ])('is refused with a faulty %s, %#', (part, value, why) => {
    const found = unsoundnessOf({ ...RUN, [part]: value });
    expect(found).toMatchObject({ code: 'state.row_unsound', details: { runId: '7' } });
    expect(found?.message).toMatch(why);
    expect(found?.next).toContain('bfm doctor');
  });
});
