import type { RunResult, StepResult } from '@bfm/core';
import { groupFailures, type FailureCause } from '../failures/group-failures.ts';
import { LazyList } from './lazy-list.ts';
import { presentError } from './present-error.ts';

/** The wire form of a run's result: every step, and why what failed did. */
export function presentRun(result: RunResult): Record<string, unknown> {
  const causes = groupFailures(result.eachStep());
  return {
    run: { id: result.runId, status: result.status },
    steps: new LazyList(() => eachStep(result)),
    summary: result.summary,
    ...(causes.length === 0 ? {} : { causes: causes.map(presentCause) }),
  };
}

function* eachStep(result: RunResult): Generator<Record<string, unknown>> {
  for (const step of result.eachStep()) yield presentStep(step);
}

function presentStep(step: StepResult): Record<string, unknown> {
  const { target, migrationId, direction, outcome, durationMs, attempts, error } = step;
  return {
    migration_id: migrationId,
    backend: target.backend,
    connection: target.connection,
    schema: target.schema,
    direction,
    outcome,
    duration_ms: Math.round(durationMs),
    attempts,
    ...(error === null ? {} : { error: presentError(error) }),
  };
}

function presentCause({ code, migrationId, message, error, targets }: FailureCause): Record<string, unknown> {
  return {
    code,
    migration_id: migrationId,
    message,
    ...(error.next === null ? {} : { next: error.next }),
    targets: targets.map(({ connection, schema }) => ({ connection, schema })),
  };
}
