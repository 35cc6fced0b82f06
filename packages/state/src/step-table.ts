import type {
  HistoryStep,
  PageRequest,
  RunHold,
  StatePage,
  StepFilter,
  StepStore,
  StoredAttempt,
  StoredStep,
} from '@bfm/engine';
import { assertHeld } from './held-run.ts';
import { isRunId, parsePage, toPage } from './paging.ts';
import type { StateTransaction } from './state-database.ts';

/** Rows sent in one statement. */
const BATCH = 5_000;

const COLUMNS = `position, migration_id AS "migrationId", connection, schema, backend, step.direction, outcome, attempts,
  duration_ms AS "durationMs", step.error`;

/** Steps and attempts of runs. */
export class StepTable implements StepStore {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async record(hold: RunHold, steps: readonly StoredStep[]): Promise<void> {
    await assertHeld(this.#transaction, hold);
    for (let from = 0; from < steps.length; from += BATCH) {
      const batch = JSON.stringify(steps.slice(from, from + BATCH));
      await this.#transaction.query(RECORD, [hold.runId, hold.fence, batch]);
    }
  }

  async ofRun(runId: string, page: PageRequest): Promise<StatePage<StoredStep>> {
    const cut = parsePage(page, ['integer']);
    if (!isRunId(runId)) return { items: [], next: null };
    const rows = await this.#transaction.query<StoredStep>(OF_RUN, [runId, ...cut.after, cut.limit]);
    return toPage(rows, cut, { item: (row) => row, key: ({ position }) => [String(position)] });
  }

  async history(filter: StepFilter, page: PageRequest): Promise<StatePage<HistoryStep>> {
    const cut = parsePage(page, ['time', 'run', 'integer']);
    const { migrationId, connection, schema, outcome } = filter;
    const values = [migrationId, connection, schema, outcome, ...cut.after, cut.limit];
    const rows = await this.#transaction.query<HistoryStep>(HISTORY, values);
    return toPage(rows, cut, {
      item: (row) => row,
      key: ({ recordedAt, runId, position }) => [recordedAt, runId, String(position)],
    });
  }

  async attempts(runId: string): Promise<readonly StoredAttempt[]> {
    if (!isRunId(runId)) return [];
    return this.#transaction.query<StoredAttempt>(ATTEMPTS, [runId]);
  }
}

const RECORD = `
INSERT INTO step (run_id, fence, position, migration_id, connection, schema, backend, direction, outcome, attempts, duration_ms, error)
SELECT $1, $2, position, "migrationId", connection, schema, backend, direction, outcome, attempts, "durationMs", nullif(error, 'null'::jsonb)
FROM jsonb_to_recordset($3::jsonb) AS given (position integer, "migrationId" text, connection text, schema text, backend text,
  direction text, outcome text, attempts integer, "durationMs" double precision, error jsonb)
ON CONFLICT (run_id, position) DO UPDATE SET fence = excluded.fence, outcome = excluded.outcome, attempts = excluded.attempts,
  duration_ms = excluded.duration_ms, error = excluded.error, recorded_at = clock_timestamp()`;

const OF_RUN = `
SELECT ${COLUMNS} FROM step WHERE run_id = $1 AND ($2::integer IS NULL OR position > $2::integer) ORDER BY position LIMIT $3`;

const HISTORY = `
SELECT step.run_id AS "runId", step.recorded_at AS "recordedAt", run.actor, run.method, run.context, ${COLUMNS}
FROM step JOIN run ON run.id = step.run_id
WHERE ($1::text IS NULL OR migration_id = $1) AND ($2::text IS NULL OR connection = $2) AND ($3::text IS NULL OR schema = $3)
  AND ($4::text IS NULL OR outcome = $4)
  AND ($5::timestamptz IS NULL OR (recorded_at, run_id, position) < ($5::timestamptz, $6::uuid, $7::integer))
ORDER BY recorded_at DESC, run_id DESC, position DESC LIMIT $8`;

const ATTEMPTS = `
SELECT fence, worker, started_at AS "startedAt", ended_at AS "endedAt", ended_as AS "end", EXISTS (
  SELECT FROM step WHERE step.run_id = attempt.run_id AND step.fence = attempt.fence AND outcome IN ('applied', 'rolled_back')) AS "hasDone"
FROM attempt WHERE run_id = $1 ORDER BY fence`;
