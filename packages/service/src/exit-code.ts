import { exitCodeOf, type RunResult } from '@bfm/core';

/**
 * The exit code of a run: 1 when a step failed, else 6 when a person must decide, else the worst reason for which
 * something was not started, else 0.
 */
export function runExitCode({ steps }: RunResult): number {
  if (steps.some(({ outcome }) => outcome === 'failed')) return 1;
  if (steps.some(({ outcome }) => outcome === 'needs_attention')) return 6;
  const codes = new Set(
    steps.map(({ outcome, error }) =>
      outcome === 'not_started' && error !== null ? exitCodeOf(error.code) : 0,
    ),
  );
  return [1, 6, 70, 8, 5, 7, 4, 3, 2].find((code) => codes.has(code)) ?? 0;
}
