import { BfmError, isBfmError, type PlanStep, type Target } from '@bfm/core';
import type { SeriesFailure, SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import type pg from 'pg';
import type { FenceHold } from './ledger-writes.ts';
import { classifyPgError, textOf } from './pg-errors.ts';
import { SESSION_RESET } from './session-reset.ts';
import { Pipeline, type Answer } from './pipeline.ts';
import { toStepError } from './step-error.ts';
import { checkVerified } from './verify.ts';
import { writeTransaction, type StepMessages, type TransactionMessages } from './transaction-messages.ts';

/** What a series runs on. */
export interface SeriesContext {
  readonly client: pg.ClientBase;
  readonly target: Target;
  readonly hold: FenceHold;
  readonly nowMs: () => number;
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
  using pipeline = new Pipeline(context.client, context.nowMs);
  return await new SeriesRun({ series, observer, context, pipeline }).run();
}

interface SeriesRunInit {
  readonly series: StepSeries;
  readonly observer: SeriesObserver;
  readonly context: SeriesContext;
  readonly pipeline: Pipeline;
}

/** A transaction whose COMMIT is held back until all its replies are read. */
interface Held {
  /** Steps in it, as indices. */
  readonly indices: readonly number[];
  readonly startedMs: number;
}

/** The answers to come of a transaction that has been sent. */
interface Sent {
  readonly indices: readonly number[];
  readonly startedMs: number;
  readonly opening: readonly Promise<Answer>[];
  readonly steps: readonly {
    readonly settings: Promise<Answer> | null;
    readonly statements: readonly Promise<Answer>[];
    readonly verify: Promise<Answer> | null;
    readonly ledger: Promise<Answer>;
  }[];
}

class SeriesRun {
  readonly #series: StepSeries;
  readonly #observer: SeriesObserver;
  readonly #context: SeriesContext;
  readonly #pipeline: Pipeline;
  #committed = 0;
  #failure: SeriesFailure | null = null;

  constructor({ series, observer, context, pipeline }: SeriesRunInit) {
    this.#series = series;
    this.#observer = observer;
    this.#context = context;
    this.#pipeline = pipeline;
  }

  async run(): Promise<SeriesResult> {
    const { steps, commit, stop } = this.#series;
    const indices = [...steps.keys()];
    const batches = commit === 'per-target' ? [indices] : indices.map((index) => [index]);
    let held: Held | null = null;
    for (const batch of batches) {
      if (stop.aborted) break;
      const messages = this.#write(batch);
      if (messages === null) break;
      held = await this.#transaction(batch, messages, held);
      if (held === null) break;
    }
    if (held !== null) await this.#readCommit(held, this.#pipeline.send('COMMIT'));
    return { committed: this.#committed, failure: this.#failure };
  }

  #write(batch: readonly number[]): TransactionMessages | null {
    const [first, ...rest] = batch.map((index) => this.#step(index));
    if (first === undefined) return null;
    const { createSchema, timeouts } = this.#series;
    const { target, hold } = this.#context;
    try {
      const isFirst = batch[0] === 0;
      return writeTransaction([first, ...rest], {
        target,
        hold,
        timeouts,
        createSchema: createSchema !== null && isFirst,
      });
    } catch (error) {
      const fault = isBfmError(error) ? error : cannotWrite(error);
      this.#fail(batch[0] ?? 0, fault, { statement: null, startedMs: this.#context.nowMs() });
      return null;
    }
  }

  /** Sends one transaction behind the held COMMIT and reads all answers of both; `null` when it came to nothing. */
  async #transaction(
    batch: readonly number[],
    messages: TransactionMessages,
    held: Held | null,
  ): Promise<Held | null> {
    const startedMs = this.#context.nowMs();
    const { committing, resetting, sent } = this.#pipeline.together(() => ({
      committing: held === null ? null : this.#pipeline.send('COMMIT'),
      resetting: held === null ? null : this.#pipeline.send(SESSION_RESET),
      sent: this.#send(batch, messages, startedMs),
    }));
    if (held !== null && committing !== null && !(await this.#readCommit(held, committing))) {
      // What was sent behind a COMMIT that failed ran in a transaction of its own and is thrown away.
      await this.#rollback();
      return null;
    }
    const reset = await resetting;
    if (reset !== null) this.#readPlain(batch[0] ?? 0, reset, startedMs);
    await this.#readAnswers(sent);
    if (this.#failure === null) return { indices: batch, startedMs };
    await this.#rollback();
    return null;
  }

  #send(indices: readonly number[], messages: TransactionMessages, startedMs: number): Sent {
    const opening = messages.opening.map((message) => this.#pipeline.send(message));
    const steps = messages.steps.map((step, position) => {
      this.#observer.stepStarted(indices[position] ?? 0);
      return this.#sendStep(step);
    });
    return { indices, startedMs, opening, steps };
  }

  #sendStep({ settings, statements, verify, ledger }: StepMessages): Sent['steps'][number] {
    return {
      settings: settings === null ? null : this.#pipeline.send(settings),
      statements: statements.map((message) => this.#pipeline.send(message)),
      verify: verify === null ? null : this.#pipeline.send(verify),
      ledger: this.#pipeline.send(ledger),
    };
  }

  /** Reads every answer, also after a failure: only then is the connection ready for what comes next. */
  async #readAnswers({ indices, startedMs, opening, steps }: Sent): Promise<void> {
    const openings = await Promise.all(opening);
    for (const answer of openings) this.#readPlain(indices[0] ?? 0, answer, startedMs);
    let atMs = openings.at(-1)?.atMs ?? startedMs;
    for (const [position, step] of steps.entries()) {
      atMs = await this.#readStep(indices[position] ?? 0, step, { startedMs, atMs });
    }
  }

  /** Gives back when the step's last answer was complete. */
  async #readStep(
    index: number,
    { settings, statements, verify, ledger }: Sent['steps'][number],
    { startedMs, atMs }: { startedMs: number; atMs: number },
  ): Promise<number> {
    let lastMs = atMs;
    if (settings !== null) this.#readPlain(index, await settings, startedMs);
    for (const [number, sent] of statements.entries()) {
      const answer = await sent;
      this.#readStatement({ index, number, answer, durationMs: answer.atMs - lastMs, startedMs });
      lastMs = answer.atMs;
    }
    if (verify !== null) this.#readVerify(index, await verify, startedMs);
    const recorded = await ledger;
    this.#readPlain(index, recorded, startedMs);
    return recorded.atMs;
  }

  /** Reads the answer to a message of our own. */
  #readPlain(index: number, { error }: Answer, startedMs: number): void {
    if (error !== null) this.#fail(index, error, { statement: null, startedMs });
  }

  #readVerify(index: number, answer: Answer, startedMs: number): void {
    this.#readPlain(index, answer, startedMs);
    const refused = checkVerified(this.#step(index), answer);
    if (refused !== null) this.#fail(index, refused, { statement: null, startedMs });
  }

  #readStatement(read: {
    index: number;
    number: number;
    answer: Answer;
    durationMs: number;
    startedMs: number;
  }): void {
    const { index, number, answer, durationMs, startedMs } = read;
    for (const { severity, code, message } of answer.notices) {
      this.#observer.notice(index, severity ?? 'NOTICE', message ?? '');
      if (code === NAME_TRUNCATED) {
        this.#fail(index, truncatedName(message ?? ''), { statement: number, startedMs });
      }
    }
    if (answer.error !== null) {
      this.#fail(index, answer.error, { statement: number, startedMs });
      return;
    }
    const sql = this.#step(index).statements[number]?.text ?? '';
    this.#observer.statementFinished(index, {
      statement: number + 1,
      durationMs,
      command: answer.command,
      sql,
    });
  }

  /** Tells whether the held transaction is committed. */
  async #readCommit({ indices, startedMs }: Held, committing: Promise<Answer>): Promise<boolean> {
    const { error, command } = await committing;
    // COMMIT of an aborted transaction succeeds, and says ROLLBACK.
    const failed = error ?? (command === 'COMMIT' ? null : new Error(`the answer to COMMIT was ${command}`));
    if (failed !== null) {
      this.#fail(indices.at(-1) ?? 0, failed, { statement: null, startedMs });
      return false;
    }
    for (const index of indices) {
      this.#committed += 1;
      this.#observer.stepCommitted(index, this.#context.nowMs() - startedMs);
    }
    return true;
  }

  /** A ROLLBACK that fails, by a late cancel or a broken connection, leaves a session nobody can use: the engine takes a new one. */
  async #rollback(): Promise<void> {
    const { error } = await this.#pipeline.send('ROLLBACK');
    if (error !== null && this.#failure !== null) this.#failure = { ...this.#failure, kind: 'lost' };
  }

  /** The first failure is the cause; what comes after it only echoes it. */
  #fail(index: number, error: unknown, at: { statement: number | null; startedMs: number }): void {
    if (this.#failure !== null) return;
    // One of our own speaks of the migration; only errors of the driver can speak of the connection.
    const kind = isBfmError(error) ? 'failed' : classifyPgError(error);
    const wasCancelled = kind === 'cancelled' && this.#series.cancel.aborted;
    const { target } = this.#context;
    this.#failure = {
      index,
      durationMs: this.#context.nowMs() - at.startedMs,
      kind: kind === 'aborted' || (kind === 'cancelled' && !wasCancelled) ? 'failed' : kind,
      error: toStepError(error, {
        step: this.#step(index),
        target,
        statement: at.statement,
        wasCancelled,
        left: null,
      }),
    };
  }

  #step(index: number): PlanStep {
    const step = this.#series.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
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

function cannotWrite(error: unknown): BfmError {
  return new BfmError('internal.invariant', {
    message: `cannot write a transaction: ${textOf(error)}`,
    cause: error,
  });
}
