import type { AuditEntry, HistoryStep, RunEvent, StoredRun, StoredRunHead, StoredStep } from '@bfm/engine';

/** The wire form of a run in a list. */
export function presentRunHead(run: StoredRunHead): Record<string, unknown> {
  return {
    id: run.id,
    status: run.status,
    direction: run.direction,
    plan_digest: run.planDigest,
    actor: run.actor,
    method: run.method,
    created_at: run.createdAt,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    cancel_requested_at: run.cancelRequestedAt,
    pause_requested_at: run.pauseRequestedAt,
    attempts: Number(run.fence),
    worker: run.worker,
    summary: run.summary,
    error: run.error,
  };
}

/** The same with what was asked for. */
export function presentStoredRun(run: StoredRun): Record<string, unknown> {
  return { ...presentRunHead(run), request: run.request, options: run.options };
}

/** The wire form of a step of a run. */
export function presentStoredStep(step: StoredStep): Record<string, unknown> {
  const { position, migrationId, connection, schema, backend, direction, outcome } = step;
  return {
    position,
    migration_id: migrationId,
    backend,
    connection,
    schema,
    direction,
    outcome,
    attempts: step.attempts,
    duration_ms: step.durationMs,
    ...(step.error === null ? {} : { error: step.error }),
  };
}

/** The wire form of a step in the history of all runs. */
export function presentHistoryStep(step: HistoryStep): Record<string, unknown> {
  const { runId, actor, method, recordedAt } = step;
  return { ...presentStoredStep(step), run_id: runId, actor, method, at: recordedAt };
}

/** The wire form of an event of a run. */
export function presentRunEvent({ seq, at, body }: RunEvent): Record<string, unknown> {
  return { seq, at, ...body };
}

/** The wire form of an audit entry. */
export function presentAuditEntry(entry: AuditEntry): Record<string, unknown> {
  const { seq, at, actor, action, object, result, detail } = entry;
  return {
    seq,
    at,
    actor: actor.name,
    token_id: actor.tokenId,
    ip: actor.ip,
    request_id: actor.requestId,
    action,
    object,
    result,
    detail,
  };
}
