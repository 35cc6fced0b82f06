import { exitCodeOf, type RunResult } from '@bfm/core';
import type { EditRun } from './editing/ledger-edit-run.ts';
import type { ScopeRun } from './targets/change-scopes.ts';

/**
 * The exit code of a run: 1 when a step failed, else 6 when a person must decide, else the worst reason for which
 * something was not started, else 0.
 */
export function runExitCode({ summary, eachStep }: RunResult): number {
  if (summary.failed > 0) return 1;
  if (summary.needs_attention > 0) return 6;
  if (summary.not_started === 0) return 0;
  const codes = new Set<number>();
  for (const { outcome, error } of eachStep()) {
    if (outcome === 'not_started' && error !== null) codes.add(exitCodeOf(error.code));
  }
  return worstOf([...codes]);
}

/** The exit code of an edit run: the worst reason for which a target was left as it was, else 0. */
export function editExitCode({ results }: EditRun): number {
  return worstOf(results.map(({ error }) => (error === null ? 0 : exitCodeOf(error.code))));
}

/** The exit code of changes of whole targets: the worst reason for which one was left as it was, else 0. */
export function scopeExitCode({ outcomes }: ScopeRun): number {
  return worstOf(outcomes.map(({ error }) => (error === null ? 0 : exitCodeOf(error.code))));
}

/** When several apply: 1 before 6 before the rest. */
function worstOf(codes: readonly number[]): number {
  return [1, 6, 70, 8, 5, 7, 4, 3, 2].find((code) => codes.includes(code)) ?? 0;
}
