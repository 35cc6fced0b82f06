import { BfmError, type Failpoints, type PlanStep } from '@bfm/core';
import type { SeriesObserver } from '@bfm/engine';
import { notCommitted, type Answer, type Notice } from './pipeline.ts';
import type { FailurePlace, SeriesRecord } from './series-record.ts';
import type { Purpose, SeriesMessage } from './transaction-messages.ts';
import { checkVerified } from './verify.ts';
import { stepAt } from './step-at.ts';

/** What a reader works with. */
export interface SeriesReaderInit {
  readonly steps: readonly PlanStep[];
  readonly observer: SeriesObserver;
  readonly record: SeriesRecord;
  /** Called when a commit that waited for the disk is done. */
  readonly onSynced: () => void;
  readonly failpoints: Failpoints;
}

/** Reads the answers to a series' messages, each as it comes. */
export class SeriesReader {
  readonly #init: SeriesReaderInit;
  /** When the transaction began that is committed next; `null` when none is open. */
  #openedMs: number | null = null;
  /** When the answer was complete that the next statement's time counts from. */
  #sinceMs = 0;
  #sentMs = 0;
  /** What the statements of the open transaction took together. */
  #statementsMs = 0;
  /** When the last answer was complete that was not a COMMIT's. */
  #heardMs = 0;

  #at = { step: 0, statement: 0 };
  #cutShort: { readonly error: BfmError; readonly place: FailurePlace } | null = null;

  constructor(init: SeriesReaderInit) {
    this.#init = init;
  }

  /** The statement whose answer is waited for, as far as answers tell: some come only together with later ones. */
  get place(): { readonly step: number; readonly statement: number } {
    return this.#at;
  }

  /** Says that messages are sent now. */
  expect(nowMs: number): void {
    this.#openedMs ??= nowMs;
    this.#sinceMs = nowMs;
    this.#sentMs = nowMs;
  }

  /**
   * All answers to what was sent are heard. A name that was cut short fails its step only now: its COMMIT may have come
   * right behind it, and what is committed is not called failed.
   */
  heardAll(): void {
    if (this.#cutShort !== null) this.#init.record.fail(this.#cutShort.error, this.#cutShort.place);
    this.#cutShort = null;
  }

  /** After a failure nothing counts: what was sent behind it is taken back. */
  hear({ purpose, text, flush }: SeriesMessage, answer: Answer): void {
    const { record } = this.#init;
    if (record.failure !== null) return;
    if (purpose.step !== this.#at.step) this.#at = { step: purpose.step, statement: 0 };
    if (purpose.kind === 'statement') this.#hearStatement(purpose, text, answer);
    else if (answer.error !== null) record.fail(answer.error, this.#place(purpose.step, null));
    else if (purpose.kind === 'commit') this.#hearCommit(purpose, answer, flush);
    else if (purpose.kind === 'verify') this.#hearVerify(purpose.step, answer);
    else this.#hearOwn(purpose);
    // Answers come in packets: those to messages of BFM's own often only together with the statement's behind them.
    if (purpose.kind === 'statement' || purpose.kind === 'verify') this.#sinceMs = answer.atMs;
    if (purpose.kind !== 'commit') this.#heardMs = answer.atMs;
  }

  #hearOwn(purpose: Extract<Purpose, { kind: 'own' | 'fence' | 'record' }>): void {
    const { failpoints } = this.#init;
    const isRecord = purpose.kind === 'record';
    if (purpose.kind === 'fence' || (isRecord && purpose.asserts)) failpoints.pass('step.fence_checked');
    if (isRecord) failpoints.pass('step.recorded');
  }

  #hearCommit(
    { step, steps, waits, chains, next }: Extract<Purpose, { kind: 'commit' }>,
    { command, atMs }: Answer,
    flush: boolean,
  ): void {
    // COMMIT of an aborted transaction succeeds, and says ROLLBACK.
    if (command !== 'COMMIT') {
      this.#init.record.fail(notCommitted(command), this.#place(step, null));
      return;
    }
    this.#init.failpoints.pass('step.commit_acknowledged');
    this.#forgiveCutShort(steps);
    // One that the server did not send at once came with the answers of the next transaction.
    if (flush || !chains) this.#note(steps, { endedMs: atMs, nextMs: atMs });
    else this.#note(steps, { endedMs: this.#heardMs, nextMs: next === null ? this.#sentMs : atMs });
    if (!chains) this.#openedMs = null;
    if (waits) this.#tell();
    if (next !== null) this.#begin(next, atMs);
  }

  /** Nothing that is committed can be lost any more. */
  #tell(): void {
    this.#init.record.tell();
    this.#init.onSynced();
  }

  #begin(step: number, atMs: number): void {
    this.#sinceMs = atMs;
    this.#init.observer.stepStarted(step);
  }

  #note(
    steps: readonly number[],
    { endedMs, nextMs }: { readonly endedMs: number; readonly nextMs: number },
  ): void {
    // Where its COMMIT came is not known exactly when answers come together: it took no less than its statements.
    const tookMs = Math.max(endedMs - (this.#openedMs ?? endedMs), this.#statementsMs);
    this.#init.record.committed(steps, tookMs);
    this.#openedMs = nextMs;
    this.#statementsMs = 0;
  }

  #forgiveCutShort(committed: readonly number[]): void {
    if (this.#cutShort !== null && committed.includes(this.#cutShort.place.step)) this.#cutShort = null;
  }

  #hearVerify(index: number, answer: Answer): void {
    const refused = checkVerified(stepAt(this.#init.steps, index), answer);
    if (refused !== null) this.#init.record.fail(refused, this.#place(index, null));
  }

  #hearStatement(
    { step, statement }: Extract<Purpose, { kind: 'statement' }>,
    sql: string,
    answer: Answer,
  ): void {
    const { observer, record, failpoints } = this.#init;
    const place = this.#place(step, statement);
    this.#hearNotices(answer.notices, place);
    if (answer.error !== null) record.fail(answer.error, place);
    if (record.failure !== null) return;
    this.#at = {
      step,
      statement: Math.min(statement + 1, stepAt(this.#init.steps, step).statements.length - 1),
    };
    const durationMs = answer.atMs - this.#sinceMs;
    this.#statementsMs += durationMs;
    observer.statementFinished(step, {
      statement: statement + 1,
      durationMs,
      command: answer.command,
      sql: stepAt(this.#init.steps, step).statements[statement]?.text ?? sql,
    });
    failpoints.pass('step.statement_done');
  }

  #hearNotices(notices: readonly Notice[], place: FailurePlace): void {
    for (const { severity, code, message = '' } of notices) {
      this.#init.observer.notice(place.step, severity ?? 'NOTICE', message);
      if (code === NAME_TRUNCATED) this.#cutShort ??= { error: truncatedName(message), place };
    }
  }

  #place(step: number, statement: number | null): FailurePlace {
    return { step, statement, startedMs: this.#openedMs ?? this.#sinceMs };
  }
}

/** SQLSTATE name_too_long: a notice, although two tenants may just have become one (FAULTS F7). */
const NAME_TRUNCATED = '42622';

function truncatedName(message: string): BfmError {
  return new BfmError('step.failed', {
    message: `PostgreSQL would cut a name short: ${message}`,
    next: 'use names of at most 63 bytes',
  });
}
