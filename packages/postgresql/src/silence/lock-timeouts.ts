import type { StepSeries } from '@bfm/engine';

/** The shortest lock timeout of a series' steps, in milliseconds. */
export function shortestLockTimeout({ steps, timeouts }: Pick<StepSeries, 'steps' | 'timeouts'>): number {
  const all = steps.map(({ execution }) => execution.lockTimeoutMs ?? timeouts.lockTimeoutMs);
  return Math.min(timeouts.lockTimeoutMs, ...all);
}
