import { BfmError } from '@bfm/core';
import type {
  NewRun,
  PageRequest,
  RunEnd,
  RunFilter,
  RunHeartbeat,
  RunHold,
  RunStore,
  RunTaking,
  RunWish,
  StatePage,
  StoredRun,
  StoredRunHead,
} from '@bfm/engine';
import { fenceLost, oneHeld } from './held-run.ts';
import { isRunId, parsePage, toPage } from './paging.ts';
import { readRun } from './read-run.ts';
import type { StateTransaction } from './state-database.ts';

const HEAD = `id, status, direction, plan_digest AS "planDigest", actor, method, context, created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt", cancel_requested_at AS "cancelRequestedAt",
  pause_requested_at AS "pauseRequestedAt", fence, worker,
  lease_until AS "leaseUntil", error, summary`;
const WHOLE = `${HEAD}, request, options, plan`;

/** Runs, as rows of `run` and `attempt`. */
export class RunTable implements RunStore {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async find(id: string): Promise<StoredRun | null> {
    if (!isRunId(id)) return null;
    const [run] = await this.#transaction.query<StoredRun>(FIND, [id]);
    return run === undefined ? null : readRun(run);
  }

  async head(id: string): Promise<StoredRunHead | null> {
    if (!isRunId(id)) return null;
    const [run] = await this.#transaction.query<StoredRunHead>(FIND_HEAD, [id]);
    return run === undefined ? null : readRun(run);
  }

  async list(filter: RunFilter, page: PageRequest): Promise<StatePage<StoredRunHead>> {
    const cut = parsePage(page, ['time', 'run']);
    const values = [filter.status, filter.actor, filter.method, ...cut.after, cut.limit];
    const rows = await this.#transaction.query<StoredRunHead>(LIST, values);
    return toPage(rows, cut, { item: readRun, key: ({ createdAt, id }) => [createdAt, id] });
  }

  async waiting(limit: number): Promise<readonly string[]> {
    return (await this.#transaction.query<{ id: string }>(QUEUED, [limit])).map(({ id }) => id);
  }

  async overdue(limit: number): Promise<readonly string[]> {
    return (await this.#transaction.query<{ id: string }>(OVERDUE, [limit])).map(({ id }) => id);
  }

  async create(run: NewRun): Promise<StoredRun> {
    const { id, direction, planDigest, actor, method } = run;
    const bodies = [run.request, run.options, run.plan, run.context].map((body) => JSON.stringify(body));
    const values = [id, direction, planDigest, actor, method, ...bodies];
    return oneOf(await this.#transaction.query<StoredRun>(CREATE, values));
  }

  async requestCancel(id: string): Promise<StoredRunHead> {
    const [run] = isRunId(id) ? await this.#transaction.query<StoredRunHead>(CANCEL, [id]) : [];
    return readRun(run ?? noRun(id));
  }

  async requestPause(id: string): Promise<StoredRunHead> {
    return this.#changeOpen(id, PAUSE);
  }

  async resume(id: string): Promise<StoredRunHead> {
    return this.#changeOpen(id, RESUME);
  }

  async take({ runId, worker, leaseMs }: RunTaking): Promise<StoredRun | null> {
    if (!isRunId(runId)) return null;
    const [run] = await this.#transaction.query<StoredRun>(TAKE, [runId, worker, leaseMs]);
    if (run === undefined) return null;
    const { query } = this.#transaction;
    await Promise.all([query(LOSE_ATTEMPT, [runId]), query(BEGIN_ATTEMPT, [runId, run.fence, worker])]);
    return run;
  }

  async finish(hold: RunHold, { status, error, summary }: RunEnd): Promise<void> {
    const end = status === 'needs_attention' ? 'failed' : status;
    const texts = [error === null ? null : JSON.stringify(error), JSON.stringify(summary)];
    oneHeld(await this.#transaction.query(FINISH, [hold.runId, hold.fence, status, ...texts, end]), hold);
  }

  async giveBack(hold: RunHold): Promise<'queued' | 'paused'> {
    const rows = await this.#transaction.query<{ status: 'queued' | 'paused' }>(GIVE_BACK, [
      hold.runId,
      hold.fence,
    ]);
    oneHeld(rows, hold);
    return oneOf(rows).status;
  }

  async outlive({ runId, fence }: RunHold): Promise<void> {
    await this.#transaction.query(OUTLIVE, [runId, fence]);
  }

  async wishes(ids: readonly string[]): Promise<readonly RunWish[]> {
    return this.#transaction.query<RunWish>(WISHES, [ids]);
  }

  /** Locks the run first, so that what is told of it is how it was changed. */
  async #changeOpen(id: string, change: string): Promise<StoredRunHead> {
    const [found] = isRunId(id) ? await this.#transaction.query<{ status: string }>(LOCK, [id]) : [];
    if (found === undefined) return noRun(id);
    if (!isOpen(found.status)) throw hasEnded(id, found.status);
    return readRun(oneOf(await this.#transaction.query<StoredRunHead>(change, [id])));
  }
}

/** Renews the lease of a run. @throws {run.fence_lost} */
export async function renewRun(
  transaction: StateTransaction,
  hold: RunHold,
  leaseMs: number,
): Promise<RunHeartbeat> {
  const rows = await transaction.query<RunHeartbeat>(RENEW, [hold.runId, hold.fence, leaseMs]);
  const [row] = rows;
  if (row === undefined) throw fenceLost(hold);
  return row;
}

function noRun(id: string): never {
  throw new BfmError('run.not_found', {
    message: `there is no run ${id.slice(0, 64)}`,
    details: { runId: id.slice(0, 64) },
    next: 'bfm run list shows the runs there are',
  });
}

function isOpen(status: string): boolean {
  return status === 'queued' || status === 'paused' || status === 'running';
}

function hasEnded(runId: string, status: string): BfmError {
  return new BfmError('run.ended', {
    message: `run ${runId} has ended: ${status}; nothing was changed`,
    details: { runId, status },
    next: `bfm run show ${runId} tells how; bfm run retry ${runId} does what is left of it`,
  });
}

function oneOf<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a row that was written did not come back');
  return row;
}

const FIND = `SELECT ${WHOLE} FROM run WHERE id = $1`;
const FIND_HEAD = `SELECT ${HEAD} FROM run WHERE id = $1`;
// What nobody can work on is left alone: see readRun.
const QUEUED = `
SELECT id FROM run WHERE status = 'queued' AND fence >= 0 AND direction IN ('up', 'down') ORDER BY queued_at, run.id LIMIT $1`;

// Parameters that are null fall out of the plan, which is made anew for each unnamed statement.
const LIST = `
SELECT ${HEAD} FROM run
WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR method = $3)
  AND ($4::timestamptz IS NULL OR (created_at, id) < ($4::timestamptz, $5::uuid))
ORDER BY created_at DESC, id DESC LIMIT $6`;

// No lease is that long: somebody's clock was wrong when it was written, and nobody would come to look after it.
const OVER = `(lease_until <= clock_timestamp() OR lease_until > clock_timestamp() + interval '1 day')`;

const OVERDUE = `
SELECT id FROM run WHERE status = 'running' AND ${OVER} AND fence >= 0 AND direction IN ('up', 'down') ORDER BY lease_until LIMIT $1`;

const CREATE = `
INSERT INTO run (id, direction, plan_digest, actor, method, request, options, plan, context)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${WHOLE}`;

const CANCEL = `
UPDATE run SET
  cancel_requested_at = CASE WHEN status IN ('queued', 'paused', 'running') THEN coalesce(cancel_requested_at, clock_timestamp()) ELSE cancel_requested_at END,
  finished_at = CASE WHEN status IN ('queued', 'paused') THEN greatest(created_at, started_at, clock_timestamp()) ELSE finished_at END,
  pause_requested_at = NULL,
  status = CASE WHEN status IN ('queued', 'paused') THEN 'cancelled' ELSE status END
WHERE id = $1 RETURNING ${HEAD}`;

const LOCK = `SELECT status FROM run WHERE id = $1 FOR UPDATE`;

const PAUSE = `
UPDATE run SET
  pause_requested_at = CASE WHEN cancel_requested_at IS NULL THEN coalesce(pause_requested_at, clock_timestamp()) END,
  status = CASE WHEN status = 'queued' AND cancel_requested_at IS NULL THEN 'paused' ELSE status END
WHERE id = $1 RETURNING ${HEAD}`;

const RESUME = `
UPDATE run SET pause_requested_at = NULL, queued_at = CASE WHEN status = 'paused' THEN clock_timestamp() ELSE queued_at END,
  status = CASE WHEN status = 'paused' THEN 'queued' ELSE status END
WHERE id = $1 RETURNING ${HEAD}`;

const WISHES = `
SELECT id AS "runId", CASE WHEN cancel_requested_at IS NULL THEN 'pause' ELSE 'cancel' END AS wish
FROM run WHERE id = ANY ($1) AND status = 'running' AND (cancel_requested_at IS NOT NULL OR pause_requested_at IS NOT NULL)`;

// The update locks the run, so that of two takers the second one sees a lease that is not over. Its attempt follows in a
// statement of its own: this one may have waited, and would not see attempts that were made meanwhile.
const TAKE = `
UPDATE run SET status = 'running', fence = fence + 1, worker = $2, started_at = coalesce(started_at, greatest(created_at, clock_timestamp())),
  lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
WHERE id = $1 AND (status = 'queued' OR (status = 'running' AND ${OVER})) AND fence >= 0 AND direction IN ('up', 'down')
RETURNING ${WHOLE}`;

// The server's clock may have been set back since.
const LOSE_ATTEMPT = `
UPDATE attempt SET ended_at = greatest(started_at, clock_timestamp()), ended_as = 'lost' WHERE run_id = $1 AND ended_at IS NULL`;

const BEGIN_ATTEMPT = `INSERT INTO attempt (run_id, fence, worker) VALUES ($1, $2, $3)`;

const RENEW = `
UPDATE run SET lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
WHERE id = $1 AND fence = $2 AND status = 'running'
RETURNING cancel_requested_at IS NOT NULL AS "cancelRequested", pause_requested_at IS NOT NULL AS "pauseRequested"`;

const FINISH = `
WITH finished AS (
  UPDATE run SET status = $3, error = $4, summary = $5, finished_at = greatest(created_at, started_at, clock_timestamp()),
    pause_requested_at = NULL, worker = NULL, lease_until = NULL
  WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id, fence
)
UPDATE attempt SET ended_at = greatest(started_at, clock_timestamp()), ended_as = $6
FROM finished WHERE attempt.run_id = finished.id AND attempt.fence = finished.fence RETURNING attempt.run_id`;

const OUTLIVE = `UPDATE attempt SET ended_as = 'stopped' WHERE run_id = $1 AND fence = $2 AND ended_as = 'lost'`;

const GIVE_BACK = `
WITH given AS (
  UPDATE run SET status = CASE WHEN pause_requested_at IS NULL THEN 'queued' ELSE 'paused' END, queued_at = clock_timestamp(), worker = NULL, lease_until = NULL
  WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id, fence, status
)
UPDATE attempt SET ended_at = greatest(started_at, clock_timestamp()), ended_as = 'stopped'
FROM given WHERE attempt.run_id = given.id AND attempt.fence = given.fence RETURNING given.status`;
