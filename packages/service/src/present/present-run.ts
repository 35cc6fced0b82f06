import type { RunResult } from '@bfm/core';
import { presentError } from './present-error.ts';

/** The wire form of a run's result. */
export function presentRun(result: RunResult): Record<string, unknown> {
  return {
    run: { id: result.runId, status: result.status },
    steps: result.steps.map(({ target, migrationId, direction, outcome, durationMs, attempts, error }) => ({
      migration_id: migrationId,
      backend: target.backend,
      connection: target.connection,
      schema: target.schema,
      direction,
      outcome,
      duration_ms: Math.round(durationMs),
      attempts,
      ...(error === null ? {} : { error: presentError(error) }),
    })),
    summary: result.summary,
  };
}
