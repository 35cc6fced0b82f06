import type { Direction, PlanStep } from '@bfm/core';
import type pg from 'pg';
import { revisionKey, type FenceHold } from '../ledger-writes.ts';

/** What there was before a bare statement, as its intent keeps it; plain JSON. */
export type Sighting = Readonly<Record<string, unknown>>;

/** A bare statement that was begun, and of which nobody has noted the end. */
export interface Intent {
  /** 1-based number of the statement. */
  readonly statement: number;
  readonly before: Sighting;
  readonly backendPid: number;
  /** When that backend began: tells it from a later one with the same number. Text, compared by the server. */
  readonly backendStart: string;
}

/** How far a step that is not one transaction has come on one target. */
export interface Progress {
  readonly direction: Direction;
  readonly statementsDone: number;
  /** Of the texts of the statements done, see {@link doneDigest}. */
  readonly doneDigest: string;
  readonly rowsDone: number;
  readonly batchesDone: number;
  readonly intent: Intent | null;
}

interface ProgressRow {
  readonly direction: Direction;
  readonly statements_done: number;
  readonly done_digest: string;
  readonly rows_done: string;
  readonly batches_done: number;
  readonly intent_statement: number | null;
  readonly intent: Sighting | null;
  readonly backend_pid: number;
  readonly backend_start: string;
}

/** Reads how far a step has come; `null`: it has not begun. */
export async function readProgress(
  client: pg.ClientBase,
  hold: FenceHold,
  step: PlanStep,
): Promise<Progress | null> {
  const found = await client.query<ProgressRow>(PROGRESS, [hold.scopeId, step.migrationId]);
  const [row] = found.rows;
  if (row === undefined) return null;
  const { intent_statement: statement, intent: before } = row;
  return {
    direction: row.direction,
    statementsDone: row.statements_done,
    doneDigest: row.done_digest,
    rowsDone: Number(row.rows_done),
    batchesDone: row.batches_done,
    intent:
      statement === null || before === null
        ? null
        : { statement, before, backendPid: row.backend_pid, backendStart: row.backend_start },
  };
}

const PROGRESS = `
SELECT direction, statements_done, done_digest, rows_done::text, batches_done, intent_statement, intent,
       backend_pid, backend_start::text
FROM bfm.progress WHERE scope_id = $1 AND migration_id = $2`;

/** What is written about a step's progress. */
export interface ProgressWrite {
  readonly statementsDone: number;
  readonly doneDigest: string;
  readonly rowsDone: number;
  readonly batchesDone: number;
  readonly intent: { readonly statement: number; readonly before: Sighting } | null;
}

/** Writes progress, for the transaction that makes it. */
export function progressQuery(step: PlanStep, hold: FenceHold, write: ProgressWrite): pg.QueryConfig {
  return {
    text: WRITE_PROGRESS,
    values: [
      hold.scopeId,
      step.migrationId,
      revisionOf(step, hold),
      step.direction,
      write.statementsDone,
      write.doneDigest,
      write.rowsDone,
      write.batchesDone,
      write.intent?.statement ?? null,
      write.intent === null ? null : JSON.stringify(write.intent.before),
      hold.runId,
      hold.actor,
      hold.token,
    ],
  };
}

const WRITE_PROGRESS = `
INSERT INTO bfm.progress AS p (scope_id, migration_id, revision_id, direction, statements_done, done_digest,
  rows_done, batches_done, intent_statement, intent, run_id, actor, fence_token, backend_pid, backend_start)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, a.pid, a.backend_start
FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a
ON CONFLICT (scope_id, migration_id) DO UPDATE
  SET revision_id = excluded.revision_id, direction = excluded.direction, statements_done = excluded.statements_done,
      done_digest = excluded.done_digest, rows_done = excluded.rows_done, batches_done = excluded.batches_done,
      intent_statement = excluded.intent_statement, intent = excluded.intent, run_id = excluded.run_id,
      actor = excluded.actor, fence_token = excluded.fence_token, backend_pid = excluded.backend_pid,
      backend_start = excluded.backend_start, changed_at = clock_timestamp()`;

/** Says in the ledger that part of the step may be in the target; goes with the first progress. */
export function markBegunQuery(step: PlanStep, hold: FenceHold): pg.QueryConfig {
  if (step.direction === 'down') {
    return { text: MARK_UNDOING, values: [hold.scopeId, step.migrationId, hold.runId] };
  }
  return { text: MARK_STARTED, values: [hold.scopeId, step.migrationId, revisionOf(step, hold), hold.runId] };
}

const MARK_STARTED = `
INSERT INTO bfm.ledger AS l (scope_id, migration_id, revision_id, status, run_id) VALUES ($1, $2, $3, 'started', $4)
ON CONFLICT (scope_id, migration_id) DO UPDATE
  SET revision_id = excluded.revision_id, status = 'started', run_id = excluded.run_id, changed_at = clock_timestamp()
  WHERE l.status NOT IN ('applied', 'undoing')`;

const MARK_UNDOING = `
UPDATE bfm.ledger SET status = 'undoing', run_id = $3, changed_at = clock_timestamp()
WHERE scope_id = $1 AND migration_id = $2 AND status = 'applied'`;

/** Forgets the progress of a step that has ended; goes with its ledger row. */
export function forgetProgressQuery(step: PlanStep, hold: FenceHold): pg.QueryConfig {
  return {
    text: 'DELETE FROM bfm.progress WHERE scope_id = $1 AND migration_id = $2',
    values: [hold.scopeId, step.migrationId],
  };
}

/** Says in the ledger again what it said before the step, when nothing of it was done and nothing of it is unknown. */
export function unbeginQuery(step: PlanStep, hold: FenceHold): pg.QueryConfig {
  return { text: UNBEGIN, values: [hold.scopeId, step.migrationId, hold.runId] };
}

const UNBEGIN = `
WITH gone AS (
  DELETE FROM bfm.progress WHERE scope_id = $1 AND migration_id = $2
    AND statements_done = 0 AND batches_done = 0 AND intent IS NULL RETURNING direction)
UPDATE bfm.ledger l SET status = CASE gone.direction WHEN 'down' THEN 'applied' ELSE 'failed' END,
  run_id = $3, changed_at = clock_timestamp()
FROM gone WHERE l.scope_id = $1 AND l.migration_id = $2 AND l.status IN ('started', 'undoing')`;

function revisionOf(step: PlanStep, hold: FenceHold): number {
  const revision = hold.revisions.get(revisionKey(step.migrationId, step.checksum));
  if (revision === undefined) throw new Error(`${step.migrationId} was not prepared`);
  return revision;
}
