import type { NewRunEvent, RunEvent, RunEvents, RunHold } from '@bfm/engine';
import { fenceLost } from './held-run.ts';
import { isRunId, requireCount } from './paging.ts';
import type { StateTransaction } from './state-database.ts';

/** Events of runs, as rows of `run_event`; `run.event_seq` counts them, so that writers go one after the other. */
export class EventTable implements RunEvents {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async append({ runId, fence }: RunHold, events: readonly NewRunEvent[], after?: number): Promise<number> {
    const values = [runId, fence, events.length, EVENTS_MAX, after ?? null];
    const [counted] = await this.#transaction.query<{ before: string; last: string }>(COUNT_ON, values);
    if (counted === undefined) throw fenceLost({ runId, fence });
    const [before, last] = [Number(counted.before), Number(counted.last)];
    const first = after ?? before;
    const fitting = events.slice(before - first, last - first);
    if (fitting.length > 0) {
      await this.#transaction.query(APPEND, [runId, counted.before, JSON.stringify(fitting)]);
    }
    return last;
  }

  async last(runId: string): Promise<number> {
    if (!isRunId(runId)) return 0;
    const [run] = await this.#transaction.query<{ last: string }>(LAST, [runId]);
    return Number(run?.last ?? 0);
  }

  async after(runId: string, afterSeq: number, limit: number): Promise<readonly RunEvent[]> {
    requireCount(afterSeq, 0);
    requireCount(limit, 1);
    if (!isRunId(runId)) return [];
    const rows = await this.#transaction.query<Omit<RunEvent, 'seq'> & { readonly seq: string }>(AFTER, [
      runId,
      afterSeq,
      limit,
    ]);
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }
}

const EVENTS_MAX = 1_000_000;

const COUNT_ON = `
WITH held AS (
  SELECT id, event_seq FROM run WHERE id = $1 AND fence = $2 AND status IN ('queued', 'running') FOR UPDATE
)
UPDATE run SET event_seq = greatest(held.event_seq, least(coalesce($5::bigint, held.event_seq) + $3, $4)) FROM held WHERE run.id = held.id
RETURNING held.event_seq AS before, run.event_seq AS last`;

const APPEND = `
INSERT INTO run_event (run_id, seq, type, body)
SELECT $1, $2::bigint + event.place, event.value ->> 'type', event.value -> 'body'
FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS event (value, place)`;

const LAST = `SELECT event_seq AS last FROM run WHERE id = $1`;

const AFTER = `SELECT seq, at, type, body FROM run_event WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`;
