import { BfmError, type PlanStep } from '@bfm/core';
import { renderBatch, type SeriesFailure } from '@bfm/engine';
import { recordLongQuery } from '../ledger-writes.ts';
import { classifyPgError, classifyStatementError } from '../pg-errors.ts';
import { rowCountOf, type Answer } from '../pipeline.ts';
import { shortestLockTimeout } from '../silence/lock-timeouts.ts';
import { toStepError } from '../step-error.ts';
import type { Message } from '../message.ts';
import { checkVerified, verifyMessage } from '../verify.ts';
import { BareRun } from './bare-run.ts';
import { runBare } from './bare-statement.ts';
import { endlessError, readRowsElsewhere, readRowsLimit } from './endless.ts';
import { otherMode } from './half-done.ts';
import { Halt, NeedsAttention, SessionLost } from './halt.ts';
import { forgetProgressQuery, unbeginQuery } from './progress.ts';
import type { ResumableInit } from './resumable-context.ts';
import { StepProgress } from './step-progress.ts';
import { expectDone, StepSession } from './step-session.ts';

/** Sets something for all that comes behind it in the session; what is set for a transaction ended with it. */
const SESSION_SETTING = /^(?:SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)|RESET\s)/i;

/** Tries of one batch when locks are contended, before the engine's own tries. */
const BATCH_TRIES_MAX = 5;
const BATCH_RETRY_MS = 250;

/**
 * Runs a step that is not one transaction: a script without a transaction, or a backfill in batches. Everything it has
 * done is in the ledger in the same transaction, or announced there before; so it goes on where it stopped.
 */
export class ResumableStep {
  readonly #init: ResumableInit;
  readonly #step: PlanStep;
  readonly #session: StepSession;
  readonly #progress: StepProgress;
  readonly #startedMs: number;
  /** The statement under way, from 0. */
  #at = 0;

  constructor(init: ResumableInit) {
    const { step, series, context } = init;
    this.#init = init;
    this.#step = step;
    this.#startedMs = context.nowMs();
    this.#progress = new StepProgress(step, context.hold);
    this.#session = new StepSession({
      ...init,
      transaction: {
        target: context.target,
        hold: context.hold,
        timeouts: series.timeouts,
        createSchema: init.createSchema,
      },
    });
  }

  /** Never throws for what goes wrong with the step. */
  async run(): Promise<SeriesFailure | null> {
    const { observer, index, context, series } = this.#init;
    using _listening = context.client.watch.listen({
      lockTimeoutMs: shortestLockTimeout({ steps: [this.#step], timeouts: series.timeouts }),
      tell: (progress) => {
        observer.statementProgress(index, this.#at + 1, progress);
      },
    });
    observer.stepSent(index);
    observer.stepStarted(index);
    try {
      await this.#progress.resume(context.client);
      if (this.#step.execution.batchSize === null) await this.#runStatements();
      else if (this.#progress.isOfStatements) throw new NeedsAttention(otherMode(), 0);
      else await this.#runBatches(this.#step.execution.batchSize);
    } catch (error) {
      const failure = this.#toFailure(error);
      if (UNBEGUN_AFTER.has(failure.kind)) await this.#unbegin();
      return failure;
    }
    observer.stepCommitted(index, context.nowMs() - this.#startedMs);
    return null;
  }

  async #runStatements(): Promise<void> {
    const bare = new BareRun(this.#init, this.#session, this.#progress);
    await bare.settleLeftIntent();
    await this.#repeatSettings();
    for (let number = this.#progress.statementsDone; number < this.#step.statements.length; number += 1) {
      this.#checkStop();
      this.#at = number;
      const statement = this.#step.statements[number];
      if (statement === undefined) throw new RangeError(`no statement ${number}`);
      if (statement.bare === null) await this.#runInTransaction(number, statement.text);
      else await runBare({ statement, bare: statement.bare, number }, bare);
    }
    await this.#session.transaction((send) => this.#end(send));
  }

  /** The session is another one than that in which the statements before were done: it is to be like that one. */
  async #repeatSettings(): Promise<void> {
    if (this.#isLent) return;
    for (const { number, text } of this.#settingsBefore(this.#progress.statementsDone)) {
      await this.#session.transaction(async (send) => {
        expectDone(await send(this.#session.render(text)), number);
      });
    }
  }

  #settingsBefore(end: number): readonly { readonly number: number; readonly text: string }[] {
    const before = this.#step.statements.slice(0, end).map(({ text }, number) => ({ number, text }));
    return before.filter(({ text }) => SESSION_SETTING.test(text));
  }

  /** What is lent for a transaction is given back as it came, so that each has to make its settings itself. */
  get #isLent(): boolean {
    return this.#init.context.session === 'lent';
  }

  async #runInTransaction(number: number, text: string): Promise<void> {
    const write = { statementsDone: number + 1 };
    await this.#session.transaction(async (send) => {
      for (const setting of this.#isLent ? this.#settingsBefore(number) : []) {
        expectDone(await send(this.#session.render(setting.text)), setting.number);
      }
      const { nowMs, failpoints } = this.#init.context;
      const sinceMs = nowMs();
      failpoints.pass('step.statement_sending');
      const [statement, ...notes] = [this.#session.render(text), ...this.#progress.notes(write)].map(send);
      if (statement !== undefined) {
        this.#session.tell(await statement, { statement: number, sql: text, sinceMs });
      }
      for (const answer of await Promise.all(notes)) expectDone(answer, null);
    });
    this.#progress.took(write);
  }

  async #runBatches(size: number): Promise<void> {
    const [statement] = this.#step.statements;
    if (statement === undefined) throw new Error('a backfill holds one statement');
    const { series, context } = this.#init;
    const text = renderBatch(statement.text, size);
    const pauseMs = this.#step.execution.batchPauseMs ?? series.timeouts.batchPauseMs;
    const { schema } = context.target;
    let rowsMax = await this.#session.transaction((send) => readRowsLimit(send, schema));
    for (let rows = 1; rows > 0;) {
      this.#checkStop();
      rows = await this.#runBatchPatiently(text);
      const { rowsDone } = this.#progress;
      if (rowsDone > rowsMax) rowsMax = await this.#widerLimit(text, rowsMax);
      if (rows > 0) await this.#session.rest(pauseMs, series.stop);
    }
  }

  /** The rows may stand in other schemas, whose size is looked up only when it matters. */
  async #widerLimit(text: string, rowsMax: number): Promise<number> {
    const { rowsDone } = this.#progress;
    const { schema } = this.#init.context.target;
    const more = await this.#session.transaction((send) => readRowsElsewhere(send, schema, text));
    if (rowsDone > rowsMax + more) throw new Halt(endlessError(rowsDone), { statement: 0 });
    return rowsMax + more;
  }

  /** Application traffic gets in the way of some batch of thousands: that one is tried again, not the backfill. */
  async #runBatchPatiently(text: string): Promise<number> {
    const { series } = this.#init;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#runBatch(text);
      } catch (error) {
        const contended = error instanceof Halt && classifyPgError(error.reason) === 'contended';
        if (!contended || tries >= BATCH_TRIES_MAX || series.stop.aborted) throw error;
        await this.#session.rest(BATCH_RETRY_MS * 2 ** (tries - 1), series.stop);
      }
    }
  }

  /** Gives back how many rows the batch changed; with none, the step is recorded in the same transaction. */
  async #runBatch(text: string): Promise<number> {
    const { observer, index, context } = this.#init;
    const { failpoints } = context;
    const progress = this.#progress;
    const write = { rowsDone: progress.rowsDone, batchesDone: progress.batchesDone + 1 };
    const rows = await this.#session.transaction(async (send) => {
      const answer = await send(this.#session.render(text));
      expectDone(answer, 0);
      const changed = rowCountOf(answer);
      if (changed === 0) {
        await this.#end(send);
        return 0;
      }
      write.rowsDone += changed;
      for (const noted of await Promise.all(progress.notes(write).map(send))) expectDone(noted, null);
      await failpoints.reach('batch.written');
      return changed;
    });
    if (rows === 0) {
      this.#tellBackfilled(text);
      return 0;
    }
    progress.took(write);
    await failpoints.reach('batch.committed');
    observer.statementProgress(index, 1, {
      phase: 'backfilling',
      done: progress.rowsDone,
      total: null,
      unit: 'rows',
      waitingFor: null,
    });
    return rows;
  }

  #tellBackfilled(sql: string): void {
    const { observer, index, context } = this.#init;
    const { rowsDone, batchesDone } = this.#progress;
    const command = `${rowsDone} rows in ${batchesDone} batches`;
    observer.statementFinished(index, {
      statement: 1,
      durationMs: context.nowMs() - this.#startedMs,
      command,
      sql,
    });
  }

  /** Ends the step: the post-condition, and the ledger row in the place of the progress. */
  async #end(send: (message: Message) => Promise<Answer>): Promise<void> {
    const { hold, nowMs, failpoints } = this.#init.context;
    const verify = verifyMessage(this.#step, this.#session.values);
    const verified = verify === null ? null : send(verify);
    const ended = [
      forgetProgressQuery(this.#step, hold),
      recordLongQuery(this.#step, hold, nowMs() - this.#startedMs),
    ].map(send);
    if (verified !== null) {
      const answer = await verified;
      expectDone(answer, null);
      const refused = checkVerified(this.#step, answer);
      if (refused !== null) throw new Halt(refused);
    }
    for (const answer of await Promise.all(ended)) expectDone(answer, null);
    failpoints.pass('step.recorded');
  }

  #checkStop(): void {
    if (!this.#init.series.stop.aborted) return;
    throw new Halt(new BfmError('run.cancelled', { message: 'stopped between two of its statements' }));
  }

  /** Where this fails too, the step stays begun, which the next run finds out about. */
  async #unbegin(): Promise<void> {
    const { begun, statementsDone, batchesDone } = this.#progress;
    if (!begun || statementsDone > 0 || batchesDone > 0) return;
    const query = unbeginQuery(this.#step, this.#init.context.hold);
    await this.#session.transaction(async (send) => send(query)).catch(() => undefined);
  }

  #toFailure(error: unknown): SeriesFailure {
    const { index, series, context } = this.#init;
    const halt = error instanceof Halt ? error : new Halt(error);
    const { text } = this.#step.statements[halt.statement ?? -1] ?? {};
    const found =
      halt.reason instanceof BfmError ? ownKind(halt.reason) : classifyStatementError(halt.reason, text);
    const wasCancelled = found === 'cancelled' && (series.cancel.aborted || series.stop.aborted);
    const isPlain = found === 'aborted' || (found === 'cancelled' && !wasCancelled);
    const left = [this.#progress.describe(), halt.left].filter((part) => part !== null).join('; also ');
    return {
      index,
      kind: kindOf(halt, isPlain ? 'failed' : found),
      durationMs: context.nowMs() - this.#startedMs,
      error: toStepError(halt.reason, {
        step: this.#step,
        target: context.target,
        statement: halt.statement,
        wasCancelled,
        left,
        blockers: context.client.watch.blockers,
      }),
    };
  }
}

/** What is known to have left nothing, unless the progress says so. */
const UNBEGUN_AFTER: ReadonlySet<SeriesFailure['kind']> = new Set(['failed', 'cancelled', 'contended']);

function kindOf(halt: Halt, found: SeriesFailure['kind']): SeriesFailure['kind'] {
  if (halt instanceof SessionLost) return 'lost';
  return halt instanceof NeedsAttention ? 'attention' : found;
}

function ownKind({ code }: BfmError): 'cancelled' | 'failed' {
  return code === 'run.cancelled' ? 'cancelled' : 'failed';
}
