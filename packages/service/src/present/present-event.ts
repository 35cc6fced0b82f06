import type { EngineEvent, StepRef, StepResult, Target } from '@bfm/core';
import { presentError } from './present-error.ts';

/** Characters of a statement or notice that are told of. */
const TEXT_MAX = 500;

type Presenters = {
  readonly [Type in EngineEvent['type']]: (
    event: Extract<EngineEvent, { type: Type }>,
  ) => Record<string, unknown>;
};

/** The wire form of an event, apart from its type: small, whatever it speaks of. */
export function presentEvent(event: EngineEvent): Record<string, unknown> {
  const present = PRESENTERS[event.type] as (event: EngineEvent) => Record<string, unknown>;
  return present(event);
}

const PRESENTERS: Presenters = {
  'run.started': ({ runId, targets, steps }) => ({ run_id: runId, targets, steps }),
  'run.finished': ({ result: { runId, status, summary } }) => ({ run_id: runId, status, summary }),
  'target.asking': ({ target, whom, address }) => ({ ...presentTarget(target), whom, address }),
  'target.waiting': ({ target, holder: { name, since, token, leaseEndsInMs } }) => ({
    ...presentTarget(target),
    holder: name,
    since,
    token,
    ...(leaseEndsInMs === undefined ? {} : { lease_ends_in_ms: leaseEndsInMs }),
  }),
  'target.started': ({ target, fencingToken }) => ({ ...presentTarget(target), fencing_token: fencingToken }),
  'target.lost': ({ target, error }) => ({ ...presentTarget(target), error: presentError(error) }),
  'target.finished': ({ target, failed }) => ({ ...presentTarget(target), failed }),
  'step.started': ({ step, statements, attempt }) => ({ ...presentRef(step), statements, attempt }),
  'step.retrying': ({ step, attempt, delayMs, error }) => ({
    ...presentRef(step),
    attempt,
    delay_ms: Math.round(delayMs),
    error: presentError(error),
  }),
  'step.finished': ({ result }) => presentEnd(result),
  'step.undone': ({ result }) => presentEnd(result),
  'statement.finished': ({ step, statement, durationMs, command, sql }) => ({
    ...presentRef(step),
    statement,
    duration_ms: Math.round(durationMs),
    command,
    sql: sql.slice(0, TEXT_MAX),
  }),
  'statement.progress': ({ step, statement, progress: { waitingFor, ...progress } }) => ({
    ...presentRef(step),
    statement,
    ...progress,
    waiting_for: waitingFor,
  }),
  notice: ({ step, severity, message }) => ({
    ...presentRef(step),
    severity,
    message: message.slice(0, TEXT_MAX),
  }),
};

function presentEnd(result: StepResult): Record<string, unknown> {
  return {
    ...presentRef(result),
    outcome: result.outcome,
    duration_ms: Math.round(result.durationMs),
    attempts: result.attempts,
    ...(result.error === null ? {} : { error: presentError(result.error) }),
  };
}

function presentRef({ target, migrationId, direction }: StepRef): Record<string, unknown> {
  return { migration_id: migrationId, ...presentTarget(target), direction };
}

function presentTarget({ backend, connection, schema }: Target): Record<string, unknown> {
  return { backend, connection, schema };
}
