import type { StatementProgress } from '@bfm/core';
import { expect, it } from 'vitest';
import type { EchoedStep } from '../output/echo-view.ts';
import { id, target } from '../../test/sample.ts';
import { LogPace } from './log-pace.ts';

const running = (): EchoedStep => ({
  target: target('shop'),
  migrationId: id('20250101000000', 'add_index'),
  startedMs: 1_000,
  statementMs: 1_000,
  at: 0,
  planned: 1,
  progress: null,
  statements: [],
  notices: [],
  noticeCount: 0,
});

const progress = (phase: string, waitingFor: string | null = null): StatementProgress => ({
  phase,
  done: 0,
  total: null,
  unit: 'steps',
  waitingFor,
});

/** The seconds at which a log is told. */
function toldAt(
  step: EchoedStep,
  seconds: number,
  change: (second: number) => void = () => undefined,
): number[] {
  const pace = new LogPace();
  return Array.from({ length: seconds }, (_, second) => second).filter((second) => {
    change(second);
    return pace.isDue(step, 1_000 + second * 1_000);
  });
}

it('tells of what nothing is known of after ten seconds, then every thirty', () => {
  expect(toldAt(running(), 80)).toEqual([10, 40, 70]);
});

it('tells at once of a wait, and of another one, and again while it lasts', () => {
  const step = running();
  const change = (second: number): void => {
    if (second === 2) step.progress = progress('waiting for old snapshots', 'pid 1');
    if (second === 5) step.progress = progress('waiting for old snapshots', 'pid 2');
  };
  expect(toldAt(step, 40, change)).toEqual([2, 5, 35]);
});

it('takes no counter for news', () => {
  const step = running();
  const change = (second: number): void => {
    step.progress = progress(`batch ${second}`);
  };
  expect(toldAt(step, 40, change)).toEqual([0, 30]);
});
