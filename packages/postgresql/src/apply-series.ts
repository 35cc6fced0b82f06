import { BfmError, quoteIdentifier, type PlanStep, type Target } from '@bfm/core';
import {
  renderStatement,
  type SeriesFailure,
  type SeriesObserver,
  type SeriesResult,
  type StepSeries,
} from '@bfm/engine';
import type pg from 'pg';
import { classifyPgError } from './pg-errors.ts';
import { ASSERT_FENCE, recordQuery, type FenceHold } from './ledger-writes.ts';
import { NoticeLog } from './notice-log.ts';
import { toStepError } from './step-error.ts';

/** What a series runs on. */
export interface SeriesContext {
  readonly client: pg.ClientBase;
  readonly target: Target;
  readonly hold: FenceHold;
  readonly nowMs: () => number;
}

/** The transaction whose COMMIT is held back until all its replies are read. */
interface Held {
  /** Steps in it, as indices. */
  readonly indices: readonly number[];
  readonly startedMs: number;
}

/**
 * Runs steps as separate messages sent without waiting for replies; a COMMIT goes out only after every reply and
 * notice of its transaction has been read, together with the next BEGIN: one round trip per migration. A blind COMMIT
 * would let everything after a failed fence through.
 */
export async function applySeries(
  series: StepSeries,
  observer: SeriesObserver,
  context: SeriesContext,
): Promise<SeriesResult> {
  return new SeriesRun(series, observer, context).run();
}

class SeriesRun {
  readonly #series: StepSeries;
  readonly #observer: SeriesObserver;
  readonly #context: SeriesContext;
  #committed = 0;

  constructor(series: StepSeries, observer: SeriesObserver, context: SeriesContext) {
    this.#series = series;
    this.#observer = observer;
    this.#context = context;
  }

  async run(): Promise<SeriesResult> {
    const { steps, commit, stop } = this.#series;
    const batches =
      commit === 'per-target'
        ? [[...steps.keys()]]
        : steps
            .keys()
            .map((index) => [index])
            .toArray();
    let held: Held | null = null;
    for (const indices of batches) {
      if (stop.aborted) break;
      const outcome = await this.#transaction(indices, held);
      held = outcome.held;
      if (outcome.failure !== null) return this.#result(outcome.failure);
    }
    const failure = held === null ? null : await this.#commitFailure(held, this.#send('COMMIT'));
    return this.#result(failure);
  }

  #result(failure: SeriesFailure | null): SeriesResult {
    return { committed: this.#committed, failure };
  }

  /** Sends one transaction behind the held COMMIT, and reads all replies of both. */
  async #transaction(
    indices: readonly number[],
    before: Held | null,
  ): Promise<{ held: Held | null; failure: SeriesFailure | null }> {
    const startedMs = this.#context.nowMs();
    using notices = new NoticeLog(this.#context.client);
    const committing = before === null ? null : this.#send('COMMIT');
    const opening = this.#sendOpening(indices[0] ?? 0);
    // Rejections are read in order below; until then they must not count as unhandled.
    const works = indices.map((index) => this.#sendStep(index));
    if (before !== null && committing !== null) {
      const failure = await this.#commitFailure(before, committing);
      if (failure !== null) return { held: null, failure: await this.#abandon(opening, works, failure) };
    }
    notices.clear();
    const failure = await this.#readReplies({ opening, works, indices, startedMs, notices });
    if (failure === null) return { held: { indices, startedMs }, failure: null };
    await this.#rollback();
    return { held: null, failure };
  }

  #sendOpening(first: number): Promise<unknown>[] {
    const { target, hold } = this.#context;
    const step = this.#step(first);
    const messages = [this.#send('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE')];
    messages.push(this.#send({ ...ASSERT_FENCE, values: [hold.scopeId, hold.token, hold.holder] }));
    messages.push(this.#send(this.#settings(step)));
    if (this.#series.createSchema !== null && this.#committed === 0) {
      messages.push(this.#send(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`));
      messages.push(this.#send({ text: BIND_SCHEMA, values: [hold.scopeId, target.schema] }));
    }
    return messages;
  }

  #settings(step: PlanStep): pg.QueryConfig {
    const { timeouts } = this.#series;
    const path = `${quoteIdentifier(this.#context.target.schema)}, public`;
    const lock = step.execution.lockTimeoutMs ?? timeouts.lockTimeoutMs;
    const statement = step.execution.statementTimeoutMs ?? timeouts.statementTimeoutMs;
    return { name: 'bfm_settings', text: SETTINGS, values: [path, `${lock}ms`, `${statement}ms`] };
  }

  /** The statements of a step and its ledger row, all sent at once; a later step's timeouts come first. */
  #sendStep(index: number): { statements: Promise<unknown>[]; ledger: Promise<unknown>[] } {
    const step = this.#step(index);
    this.#observer.stepStarted(index);
    const { connection, schema, backend } = this.#context.target;
    const values = { connection, schema, backend, version: step.version };
    const ledger: Promise<unknown>[] = [];
    if (index !== 0 && this.#series.commit === 'per-target') ledger.push(this.#send(this.#settings(step)));
    const statements = step.statements.map(({ text }) =>
      this.#send(renderStatement(text, values, step.placeholderInLiteral)),
    );
    ledger.push(this.#send(recordQuery(step, this.#context.hold)));
    return { statements, ledger };
  }

  async #readReplies(sent: SentTransaction): Promise<SeriesFailure | null> {
    const { opening, works, indices, startedMs, notices } = sent;
    let failure: SeriesFailure | null = null;
    const fail = (index: number, error: unknown, statement: number | null): void => {
      const durationMs = this.#context.nowMs() - startedMs;
      failure ??= this.#toFailure({ index, error, statement, durationMs });
    };
    for (const reply of opening) {
      await reply.catch((error: unknown) => {
        fail(indices[0] ?? 0, error, null);
      });
    }
    for (const [position, { statements, ledger }] of works.entries()) {
      const index = indices[position] ?? 0;
      await this.#readStatements(index, statements, { fail, notices });
      for (const reply of ledger) {
        await reply.then(
          (result) => {
            if (!isOneRow(result)) fail(index, alreadyRecorded(this.#step(index)), null);
          },
          (error: unknown) => {
            fail(index, error, null);
          },
        );
      }
    }
    return failure;
  }

  async #readStatements(
    index: number,
    statements: readonly Promise<unknown>[],
    {
      fail,
      notices,
    }: { fail: (index: number, error: unknown, statement: number) => void; notices: NoticeLog },
  ): Promise<void> {
    const step = this.#step(index);
    for (const [number, reply] of statements.entries()) {
      const startedMs = this.#context.nowMs();
      try {
        const result = await reply;
        const truncated = this.#tellNotices(index, notices);
        if (truncated !== null) fail(index, truncatedName(truncated), number);
        this.#observer.statementFinished(index, {
          statement: number + 1,
          durationMs: this.#context.nowMs() - startedMs,
          command: commandOf(result),
          sql: step.statements[number]?.text ?? '',
        });
      } catch (error) {
        fail(index, error, number);
      }
    }
  }

  /** Passes notices on; gives the one back that says a name was cut short. */
  #tellNotices(index: number, notices: NoticeLog): string | null {
    let truncated: string | null = null;
    for (const { severity, code, message } of notices.take()) {
      this.#observer.notice(index, severity ?? 'NOTICE', message ?? '');
      if (code === NAME_TRUNCATED) truncated = message ?? '';
    }
    return truncated;
  }

  async #commitFailure(held: Held, committing: Promise<unknown>): Promise<SeriesFailure | null> {
    const durationMs = this.#context.nowMs() - held.startedMs;
    const index = held.indices.at(-1) ?? 0;
    try {
      const result = await committing;
      // COMMIT of an aborted transaction succeeds, and says ROLLBACK.
      if (commandOf(result) !== 'COMMIT') throw new Error(`the answer to COMMIT was ${commandOf(result)}`);
    } catch (error) {
      return this.#toFailure({ index, error, statement: null, durationMs });
    }
    for (const done of held.indices) {
      this.#committed += 1;
      this.#observer.stepCommitted(done, this.#context.nowMs() - held.startedMs);
    }
    return null;
  }

  /** The held COMMIT failed: what was sent behind it ran in a transaction of its own and is thrown away. */
  async #abandon(
    opening: readonly Promise<unknown>[],
    works: readonly { statements: readonly Promise<unknown>[]; ledger: readonly Promise<unknown>[] }[],
    failure: SeriesFailure,
  ): Promise<SeriesFailure> {
    const sent = [...opening, ...works.flatMap(({ statements, ledger }) => [...statements, ...ledger])];
    await Promise.allSettled(sent);
    await this.#rollback();
    return failure;
  }

  async #rollback(): Promise<void> {
    // On a broken connection there is nothing to roll back: the server has done it.
    await this.#send('ROLLBACK').catch(() => undefined);
  }

  #toFailure(init: {
    index: number;
    error: unknown;
    statement: number | null;
    durationMs: number;
  }): SeriesFailure {
    const { index, error, statement, durationMs } = init;
    const kind = classifyPgError(error);
    const wasCancelled = kind === 'cancelled' && this.#series.cancel.aborted;
    return {
      index,
      durationMs,
      kind: kind === 'aborted' || (kind === 'cancelled' && !wasCancelled) ? 'failed' : kind,
      error: toStepError(error, {
        step: this.#step(index),
        target: this.#context.target,
        statement,
        wasCancelled,
      }),
    };
  }

  #step(index: number): PlanStep {
    const step = this.#series.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }

  #send(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    const reply = this.#context.client.query(query);
    // Replies are read in order; one that fails before its turn is not an unhandled rejection.
    reply.catch(() => undefined);
    return reply;
  }
}

interface SentTransaction {
  readonly opening: readonly Promise<unknown>[];
  readonly works: readonly { statements: readonly Promise<unknown>[]; ledger: readonly Promise<unknown>[] }[];
  readonly indices: readonly number[];
  readonly startedMs: number;
  readonly notices: NoticeLog;
}

// A frozen client frees its locks after a minute, a killed one within half a second of a running statement.
const SETTINGS = `
SELECT set_config('search_path', $1, true), set_config('lock_timeout', $2, true),
       set_config('statement_timeout', $3, true), set_config('client_connection_check_interval', '500ms', true),
       set_config('idle_in_transaction_session_timeout', '60s', true)`;

const BIND_SCHEMA = `
UPDATE bfm.scope SET schema_oid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = $2)
WHERE scope_id = $1`;

/** SQLSTATE name_too_long: a notice, although two tenants may just have become one (FAULTS F7). */
const NAME_TRUNCATED = '42622';

function truncatedName(message: string): BfmError {
  return new BfmError('step.failed', {
    message: `PostgreSQL would cut a name short: ${message}`,
    next: 'use names of at most 63 bytes',
  });
}

function alreadyRecorded(step: PlanStep): BfmError {
  return new BfmError('internal.invariant', {
    message: `the ledger already says that ${step.migrationId} is ${step.direction === 'up' ? 'applied' : 'rolled back'}`,
  });
}

function commandOf(result: unknown): string {
  const last: unknown = Array.isArray(result) ? result.at(-1) : result;
  if (typeof last !== 'object' || last === null || !('command' in last)) return '';
  return typeof last.command === 'string' ? last.command : '';
}

function isOneRow(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'rowCount' in result && result.rowCount === 1;
}
