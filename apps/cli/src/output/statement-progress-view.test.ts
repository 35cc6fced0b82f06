import type { StatementProgress } from '@bfm/core';
import { expect, it } from 'vitest';
import { describeProgress } from './statement-progress-view.ts';

const NOTHING: StatementProgress = {
  phase: 'running',
  done: 0,
  total: null,
  unit: 'blocks',
  waitingFor: null,
};

it.each<[Partial<StatementProgress>, string]>([
  [{}, 'running'],
  [{ phase: 'backfilling', done: 1500, unit: 'rows' }, 'backfilling, 1500 rows'],
  [
    { phase: 'building index: scanning table', done: 50, total: 200 },
    'building index: scanning table, 25 % of 200 blocks',
  ],
  [{ done: 9, total: 3 }, 'running, 100 % of 3 blocks'],
  [{ waitingFor: 'pid 7 (a\u001b[31mb)' }, 'running, waits for pid 7 (a\\u{1b}[31mb)'],
])('tells %j in a few words', (progress, text) => {
  expect(describeProgress({ ...NOTHING, ...progress })).toBe(text);
});
