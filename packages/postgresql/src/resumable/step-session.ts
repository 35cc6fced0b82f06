import { quoteIdentifier, type BareStatement, type PlanStep } from '@bfm/core';
import { renderStatement, type PlaceholderValues, type SeriesObserver } from '@bfm/engine';
import { oneCommand, type Message } from '../message.ts';
import type { SeriesContext } from '../series-context.ts';
import { notCommitted, type Answer, type Pipeline } from '../pipeline.ts';
import {
  abortLent,
  rememberQuery,
  restoreSession,
  toLentSession,
  type LentSession,
  type Send,
} from '../lent-session.ts';
import { commitMessages, openingMessages, type TransactionInit } from '../transaction-messages.ts';
import { restOn, SIGN_OF_LIFE } from '../rest-on.ts';
import { lookQuery } from './effects.ts';
import { Halt, SessionLost } from './halt.ts';
import type { Sighting } from './progress.ts';
import type { ResumableTools } from './resumable-context.ts';

/** What a step that is not one transaction runs on. */
export interface StepSessionInit {
  readonly step: PlanStep;
  /** The step's place in its series, for the observer. */
  readonly index: number;
  readonly observer: SeriesObserver;
  readonly context: SeriesContext;
  readonly pipeline: Pipeline;
  readonly tools: Pick<ResumableTools, 'sleep'>;
  /** The schema is created inside the first transaction. */
  readonly transaction: TransactionInit;
}

/** One step's own use of its session: transactions that are checked before they are committed, and looks round. */
export class StepSession {
  readonly values: PlaceholderValues;
  readonly #init: StepSessionInit;
  #creates: boolean;
  /** The first message of the transaction under way that failed, whoever read its answer. */
  #firstFailure: unknown = null;

  constructor(init: StepSessionInit) {
    this.#init = init;
    this.#creates = init.transaction.createSchema;
    const { connection, schema, backend } = init.context.target;
    this.values = { connection, schema, backend, version: init.step.version };
  }

  /** Waits between transactions, without losing the session. Ends early when the signal is aborted. @throws {@link Halt} */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    const { context, tools } = this.#init;
    const ask = (): Promise<Answer> => this.plain({ text: SIGN_OF_LIFE, values: [] });
    await restOn({ ask, silenceMs: context.silenceMs, sleep: tools.sleep }, ms, signal);
  }

  /** A statement of the file, ready to be sent; one command a message. */
  render(text: string): Message {
    const { step } = this.#init;
    return oneCommand(renderStatement(text, this.values, step.literalPlaceholder !== null));
  }

  /**
   * Runs messages in one transaction under the fence and commits it after every answer has been read.
   *
   * @param work sends what belongs into the transaction and reads its answers; what it throws aborts the transaction
   * @throws {@link Halt}
   */
  async transaction<T>(work: (send: (message: Message) => Promise<Answer>) => Promise<T>): Promise<T> {
    this.#firstFailure = null;
    if (this.#init.context.session === 'lent') return this.#lentTransaction(work);
    const { pipeline, step, transaction, context } = this.#init;
    const opening = openingMessages(step, { ...transaction, createSchema: this.#creates });
    const send: Send = (message) => this.#sendWithin(message);
    try {
      const opened = pipeline.together(() => opening.map(send));
      const done = work(send);
      // Both are awaited in any case: an answer nobody reads would be taken for the next one's.
      const [openings, result] = await Promise.allSettled([Promise.all(opened), done]);
      if (openings.status === 'fulfilled') for (const answer of openings.value) expectDone(answer, null);
      context.failpoints.pass('step.fence_checked');
      if (result.status === 'rejected') throw result.reason;
      await this.#commit();
      this.#creates = false;
      return result.value;
    } catch (error) {
      await pipeline.send('ROLLBACK');
      throw error;
    }
  }

  /** The same on a session that a pooler lends for one transaction: see `applySeries`. */
  async #lentTransaction<T>(work: (send: Send) => Promise<T>): Promise<T> {
    const { pipeline, step, transaction } = this.#init;
    const send: Send = (message) => this.#sendWithin(message);
    const [begin = '', ...rest] = openingMessages(step, { ...transaction, createSchema: this.#creates });
    const { client, transactionSilenceMs: silenceMs } = this.#init.context;
    client.lentBackend = null;
    client.lentSince = null;
    let lent: LentSession | null = null;
    try {
      // Nothing may be sent behind a BEGIN that failed: it would take effect on its own.
      expectDone(await send(begin), null);
      const [remembered, ...answers] = await Promise.all([send(rememberQuery(silenceMs)), ...rest.map(send)]);
      expectDone(remembered, null);
      lent = toLentSession(remembered);
      client.lentBackend = lent.pid;
      client.lentSince = lent.since;
      for (const answer of answers) expectDone(answer, null);
      const result = await work(send);
      const error = await restoreSession(send, lent, silenceMs);
      if (error !== null) throw new Halt(this.#firstFailure ?? error);
      await this.#commit();
      this.#creates = false;
      return result;
    } catch (error) {
      const abort: Send = (message) => pipeline.send(message);
      const left = lent === null ? (await abort('ROLLBACK')).error : await abortLent(abort, lent, silenceMs);
      throw left === null ? error : new SessionLost(error);
    }
  }

  /** Whatever a statement before set for the session, this COMMIT waits for the disk: what is told is kept. */
  async #commit(): Promise<void> {
    const { pipeline, context } = this.#init;
    const { failpoints } = context;
    const messages = commitMessages({ steps: [0], how: 'at once', waits: true, next: null });
    const sent = pipeline.together(() => messages.map(({ text }) => pipeline.send(text)));
    failpoints.pass('step.commit_sent');
    const answers = await Promise.all(sent);
    if (this.#firstFailure !== null) throw new Halt(this.#firstFailure);
    for (const answer of answers) expectDone(answer, null);
    const [last] = answers.slice(-1);
    if (last?.command !== 'COMMIT') throw new Halt(notCommitted(last?.command ?? ''));
    failpoints.pass('step.commit_acknowledged');
  }

  async #sendWithin(message: Message): Promise<Answer> {
    const answer = await this.#init.pipeline.send(message);
    this.#firstFailure ??= answer.error;
    return answer;
  }

  /** Sends a message of BFM's own outside of a transaction. */
  async plain(message: Message): Promise<Answer> {
    const answer = await this.#init.pipeline.send(message);
    expectDone(answer, null);
    return answer;
  }

  /** What there is now of a bare statement's effect. */
  async look(bare: BareStatement): Promise<Sighting> {
    const look = lookQuery(bare, this.values);
    if (look === null) return {};
    const answer = await this.plain({ text: look.text, values: [...look.values] });
    return (answer.firstRow?.['found'] ?? {}) as Sighting;
  }

  /** Sets for the whole session what a bare statement, which has no transaction to set it in, relies on. */
  async prepareBare(lockTimeoutMs: number): Promise<void> {
    const { step, transaction } = this.#init;
    const statementMs = step.execution.statementTimeoutMs ?? transaction.timeouts.statementTimeoutMs;
    const path = `${quoteIdentifier(transaction.target.schema)}, public`;
    await this.plain({ text: SETTINGS, values: [path, `${lockTimeoutMs}ms`, `${statementMs}ms`] });
  }

  /** Tells a statement's answer to whoever listens; its failure is thrown. */
  tell(
    answer: Answer,
    at: { readonly statement: number; readonly sql: string; readonly sinceMs: number },
  ): void {
    const { observer, index, context } = this.#init;
    for (const { severity, message } of answer.notices) {
      observer.notice(index, severity ?? 'NOTICE', message ?? '');
    }
    expectDone(answer, at.statement);
    observer.statementFinished(index, {
      statement: at.statement + 1,
      durationMs: answer.atMs - at.sinceMs,
      command: answer.command,
      sql: at.sql,
    });
    context.failpoints.pass('step.statement_done');
  }
}

/** @throws {@link Halt} when the message failed */
export function expectDone({ error }: Answer, statement: number | null): void {
  if (error !== null) throw new Halt(error, { statement });
}

const SETTINGS = `
SELECT pg_catalog.set_config('search_path', $1, false), pg_catalog.set_config('lock_timeout', $2, false),
       pg_catalog.set_config('statement_timeout', $3, false),
       pg_catalog.set_config('client_connection_check_interval', '500ms', false),
       pg_catalog.set_config('standard_conforming_strings', 'on', false),
       pg_catalog.set_config('client_min_messages', 'notice', false)`;
