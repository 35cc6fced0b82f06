import { expect, test } from 'vitest';
import { summarize, summarizeInterrupted } from './summary.ts';

const PASSED = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const FAILED = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const BROKEN = { status: 'failed', assertionResults: [] };

function report(passed: number, failed: number, testResults: readonly unknown[]): string {
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });
}

test('all is well', () => {
  expect(summarize(report(3, 0, [PASSED]), 0)).toEqual({ passed: 3, failed: 0, notes: [], exitCode: 0 });
});

test('failed tests count, and so does the exit code', () => {
  expect(summarize(report(3, 2, [PASSED, FAILED]), 1)).toMatchObject({ passed: 3, failed: 2, exitCode: 1 });
});

test('a file that could not be loaded is one failure', () => {
  expect(summarize(report(3, 0, [PASSED, BROKEN]), 1)).toMatchObject({ passed: 3, failed: 1, exitCode: 1 });
});

test('a failing leak check is one failure though every test passed', () => {
  const summary = summarize(report(3, 0, [PASSED]), 1);
  expect(summary).toMatchObject({ passed: 3, failed: 1, exitCode: 1 });
  expect(summary.notes).toEqual(['The run failed outside of its tests; the reason is above.']);
});

test('a failure is never hidden by an exit code of zero', () => {
  expect(summarize(report(3, 1, [FAILED]), 0).exitCode).toBe(1);
});

test('an interrupted run says so, and is no success', () => {
  const interrupted = { notes: ['The test run was interrupted.'], exitCode: 130 };
  expect(summarizeInterrupted(null)).toEqual({ passed: 0, failed: 0, ...interrupted });
  expect(summarizeInterrupted(report(3, 1, [FAILED]))).toEqual({ passed: 3, failed: 1, ...interrupted });
});

test.each([
  ['no test ran', report(0, 0, [])],
  ['there is no report', null],
])('it is a failure when %s', (_name, text) => {
  expect(summarize(text, 0)).toMatchObject({ passed: 0, failed: 1, exitCode: 1 });
});
