import { BfmError, type RunSummary } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { toRunEnd, type RunOutcome } from './run-end.ts';
import { StepBook } from './step-book.ts';

const NOTHING: RunSummary = {
  applied: 0,
  rolled_back: 0,
  skipped: 0,
  failed: 0,
  not_started: 0,
  needs_attention: 0,
};
const error = (code: ConstructorParameters<typeof BfmError>[0]): BfmError =>
  new BfmError(code, { message: code });
const outcome = (summary: Partial<RunSummary>, rest: Partial<RunOutcome> = {}): RunOutcome => ({
  summary: { ...NOTHING, ...summary },
  wasCancelled: false,
  refusal: null,
  firstError: null,
  ...rest,
});

describe('the end of a run', () => {
  it.each([
    ['succeeded', outcome({ applied: 2, skipped: 1 })],
    ['failed', outcome({ failed: 1, needs_attention: 1 }, { firstError: error('step.failed') })],
    ['needs_attention', outcome({ needs_attention: 1 }, { firstError: error('step.unknown') })],
    ['failed', outcome({ not_started: 1 }, { firstError: error('target.locked') })],
    ['cancelled', outcome({ not_started: 1 }, { wasCancelled: true, firstError: error('run.cancelled') })],
    ['needs_attention', outcome({ not_started: 1 }, { refusal: error('plan.stale') })],
    ['needs_attention', outcome({ not_started: 1 }, { refusal: error('drift.checksum_changed') })],
    ['failed', outcome({ not_started: 1 }, { refusal: error('target.unreachable') })],
  ] as const)('is %s', (status, given) => {
    const end = toRunEnd(given);
    expect(end.status).toBe(status);
    expect(end.error?.['code']).toBe((given.refusal ?? given.firstError)?.code);
  });
});

describe('the book of steps', () => {
  it('counts each step once, however often it was tried', () => {
    const book = new StepBook(3);
    book.set(1, 'failed');
    book.set(1, 'applied');
    book.set(3, 'skipped');
    expect(book.at(2)).toBe('not_started');
    expect(book.summary()).toEqual({ ...NOTHING, applied: 1, skipped: 1, not_started: 1 });
  });
});
