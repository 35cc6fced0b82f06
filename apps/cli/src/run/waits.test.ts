import type { EngineEvent } from '@bfm/core';
import { expect, it } from 'vitest';
import { target } from '../../test/sample.ts';
import { Waits } from './waits.ts';

const A = target('a');
const held = (name: string): EngineEvent => ({
  type: 'target.waiting',
  target: A,
  holder: { name, since: null, token: null },
});
const asking = (whom: 'locks' | 'store'): EngineEvent => ({
  type: 'target.asking',
  target: A,
  whom,
  address: 'h:1',
});

/** What is shown at a time after these events. */
function at(nowMs: number, ...events: readonly (readonly [number, EngineEvent])[]): unknown {
  const waits = new Waits();
  for (const [ms, event] of events) waits.handle(event, ms);
  return waits.shown(nowMs).map(({ text, forMs }) => [text, forMs]);
}

it('tells who is asked once the answer takes long, and for how long', () => {
  expect(at(1_499, [0, asking('locks')])).toEqual([]);
  expect(at(1_500, [0, asking('locks')])).toEqual([
    ['waiting for an answer of the lock provider at h:1', 1_500],
  ]);
  expect(at(5_000, [0, asking('locks')], [3_000, asking('store')])).toEqual([
    ['waiting for an answer of the database at h:1', 2_000],
  ]);
});

it('tells of a holder as long as it is asked for in vain, and of the next one anew', () => {
  const polled = [
    [0, held('ann')],
    [900, asking('store')],
    [1_000, held('ann')],
    [1_100, asking('store')],
  ] as const;
  expect(at(2_000, ...polled)).toEqual([['waiting for ann', 2_000]]);
  expect(at(2_600, ...polled)).toEqual([['waiting for an answer of the database at h:1', 1_500]]);
  expect(at(2_500, ...polled, [2_000, held('bob')])).toEqual([['waiting for bob', 500]]);
});

it('tells that what was lost is taken anew, until it is', () => {
  const error = {} as never;
  const lost: EngineEvent = { type: 'target.lost', target: A, error };
  expect(at(1_000, [0, lost])).toEqual([['lost; taking it anew', 1_000]]);
  expect(at(1_000, [0, lost], [500, { type: 'target.started', target: A, fencingToken: '2' }])).toEqual([]);
});
