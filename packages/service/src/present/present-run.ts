import { targetKey, type BfmError, type RunResult, type StepResult } from '@bfm/core';
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
  let before: StepResult | null = null;
  for (const step of result.eachStep()) {
    yield presentStep(step, isTold(step, before) ? null : step.error);
    before = step;
  }
}

/** Tells whether an error was told just before: what keeps a whole target from being begun is, at the first of its steps. */
export function isTold({ outcome, error, target }: StepResult, before: StepResult | null): boolean {
  return (
    outcome === 'not_started' &&
    before?.outcome === 'not_started' &&
    error === before.error &&
    targetKey(target) === targetKey(before.target)
  );
}

function presentStep(step: StepResult, error: BfmError | null): Record<string, unknown> {
  const { target, migrationId, direction, outcome, durationMs, attempts } = step;
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
