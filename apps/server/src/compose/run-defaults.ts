import type { ProgramSettings, RunDefaults } from '@bfm/service';

/** How a server runs what nobody said more about; it waits longer for other runs than a person would. */
export const RUN_DEFAULTS: RunDefaults = {
  concurrency: 4,
  failuresMax: null,
  unit: 'target',
  onFailure: 'keep',
  commit: 'per-migration',
  lockWaitMs: 30_000,
  lockTimeoutMs: 2_000,
  statementTimeoutMs: 0,
  batchPauseMs: 0,
  attemptsMax: 10,
};

/** The same with what was configured. */
export function toRunDefaults(program: ProgramSettings): RunDefaults {
  const { concurrency, lockWaitMs, lockTimeoutMs, statementTimeoutMs, attemptsMax } = program;
  return {
    ...RUN_DEFAULTS,
    concurrency: concurrency ?? RUN_DEFAULTS.concurrency,
    lockWaitMs: lockWaitMs ?? RUN_DEFAULTS.lockWaitMs,
    lockTimeoutMs: lockTimeoutMs ?? RUN_DEFAULTS.lockTimeoutMs,
    statementTimeoutMs: statementTimeoutMs ?? RUN_DEFAULTS.statementTimeoutMs,
    attemptsMax: attemptsMax ?? RUN_DEFAULTS.attemptsMax,
  };
}
