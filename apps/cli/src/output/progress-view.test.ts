import type { EngineEvent, StepOutcome } from '@bfm/core';
import { expect, it } from 'vitest';
import { plainLook, result, shown, target } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { advanceProgress, NO_PROGRESS, stepsDone } from './progress-state.ts';
import { progressLine, progressView } from './progress-view.ts';

const finished = (name: string, outcome: StepOutcome): EngineEvent => ({
  type: 'step.finished',
  result: result(target(name), outcome),
});

const EVENTS: readonly EngineEvent[] = [
  { type: 'run.started', runId: 'r', targets: 4, steps: 40 },
  { type: 'target.started', target: target('a'), fencingToken: '1' },
  ...Array.from({ length: 9 }, () => finished('a', 'applied')),
  finished('a', 'failed'),
  { type: 'target.finished', target: target('a'), failed: true },
  { type: 'target.waiting', target: target('b'), holder: { name: 'x', since: null, token: null } },
  { type: 'target.waiting', target: target('c'), holder: { name: 'x', since: null, token: null } },
  { type: 'target.started', target: target('c'), fencingToken: '2' },
  finished('c', 'skipped'),
];
const STATE = EVENTS.reduce(advanceProgress, NO_PROGRESS);

it('counts what has become of steps and targets', () => {
  expect(stepsDone(STATE)).toBe(11);
  expect(STATE).toMatchObject({
    targets: 4,
    targetsDone: 1,
    outcomes: { applied: 9, failed: 1, skipped: 1 },
  });
  expect([...STATE.waiting]).toEqual(['core/b']);
});

it('draws a bar with counts, rate and time left', () => {
  for (const width of [40, 80, 200]) {
    const lines = progressView(STATE, 1000, plainLook(width));
    expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
  }
  expect(shown(progressView(STATE, 1000, plainLook(80)))).toMatchInlineSnapshot(`
    "██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 1/4 targets  25 %
    applied 9 · failed 1 · waiting 1 · skipped 1 · 11/s · 2.6 s left"
  `);
  expect(progressLine(STATE, 1000, plainLook(200))).toMatchInlineSnapshot(
    `"1/4 targets · applied 9 · failed 1 · waiting 1 · skipped 1 · 11/s · 2.6 s left"`,
  );
});

it('makes no estimate out of nothing', () => {
  expect(progressLine(NO_PROGRESS, 0, plainLook(80))).not.toContain('/s');
});
