import { BfmError, isBfmError, type PlanStep, type Target } from '@bfm/core';
import type { SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import type pg from 'pg';
import { flushMessages } from './durable.ts';
import type { FenceHold } from './ledger-writes.ts';
import { classifyPgError, textOf } from './pg-errors.ts';
import { REMEMBER, restoreSession, toLentSession, type LentSession } from './lent-session.ts';
import type { Message } from './message.ts';
import type { Answer } from './pipeline.ts';
import { SeriesReader, type Reading, type Transaction } from './series-reader.ts';
import { SeriesRecord } from './series-record.ts';
import { RESET_COMMANDS } from './session-reset.ts';
import type { StepPace } from './step-pace.ts';
import {
  BEGIN,
  commitMessages,
  own,
  TransactionScript,
  type PlacedStep,
  type SeriesMessage,
} from './transaction-messages.ts';
import { Exchange } from './wire/exchange.ts';

/** What a series runs on. */
export interface SeriesContext {
  readonly client: pg.ClientBase;
  readonly target: Target;
  readonly hold: FenceHold;
  readonly nowMs: () => number;
  readonly pace: StepPace;
  /** Whose the session is: ours until the target is given back, or lent by a pooler for one transaction at a time. */
  readonly session: 'own' | 'lent';
}

/** After so long a commit waits for the disk again, so that what is done is told soon. */
const SYNC_EVERY_MS = 50;

/**
 * Runs steps as messages sent without waiting for replies; a COMMIT goes out only after every reply and notice of its
 * transaction has been read, together with the next transaction: one round trip per migration. A blind COMMIT would let
 * everything after a failed fence through.
 *
 * Commits in the middle do not wait for the disk. Nobody is told of them before a later one has: should the server die,
 * change and ledger row are gone together, and nothing was said (docs/adr/0011).
 */
export async function applySeries(
  series: StepSeries,
  observer: SeriesObserver,
  context: SeriesContext,
): Promise<SeriesResult> {
  using exchange = new Exchange(context.client, context.nowMs);
  return await new SeriesRun({ series, observer, context, exchange }).run();
}

interface SeriesRunInit {
  readonly series: StepSeries;
  readonly observer: SeriesObserver;
  readonly context: SeriesContext;
  readonly exchange: Exchange;
}

class SeriesRun {
  readonly #series: StepSeries;
  readonly #observer: SeriesObserver;
  readonly #context: SeriesContext;
  readonly #exchange: Exchange;
  readonly #record: SeriesRecord;
  readonly #reader: SeriesReader;
  /** A transaction whose COMMIT is held back until all its replies are read. */
  #held: Transaction | null = null;
  #syncedMs: number;

  constructor({ series, observer, context, exchange }: SeriesRunInit) {
    const { target, nowMs } = context;
    this.#series = series;
    this.#observer = observer;
    this.#context = context;
    this.#exchange = exchange;
    this.#record = new SeriesRecord({ series, observer, target, nowMs });
    this.#syncedMs = nowMs();
    const onSynced = (): void => {
      this.#syncedMs = nowMs();
    };
    this.#reader = new SeriesReader({ steps: series.steps, observer, record: this.#record, onSynced });
  }

  async run(): Promise<SeriesResult> {
    const { steps, commit, stop } = this.#series;
    const indices = [...steps.keys()];
    const batches = commit === 'per-target' ? [indices] : indices.map((index) => [index]);
    for (const batch of batches) {
      if (stop.aborted || this.#record.failure !== null) break;
      const script = this.#write(batch);
      if (script !== null) await this.#transaction(batch, script);
    }
    await this.#commitHeld();
    await this.#flush();
    return this.#record.toResult();
  }

  #write(batch: readonly number[]): TransactionScript | null {
    const { createSchema, timeouts } = this.#series;
    const { target, hold, pace } = this.#context;
    const [first, ...rest] = batch.map((at): PlacedStep => {
      const step = this.#step(at);
      return { at, step, isQuick: pace.wasQuick(step) };
    });
    if (first === undefined) return null;
    try {
      const creates = createSchema !== null && first.at === 0;
      const resets = this.#resets;
      return new TransactionScript([first, ...rest], {
        target,
        hold,
        timeouts,
        createSchema: creates,
        resets,
      });
    } catch (error) {
      const fault = isBfmError(error) ? error : cannotWrite(error);
      this.#record.fail(fault, { step: first.at, statement: null, startedMs: this.#context.nowMs() });
      return null;
    }
  }

  /** Sends one transaction behind the held COMMIT and reads all answers of both. */
  async #transaction(steps: readonly number[], script: TransactionScript): Promise<void> {
    if (this.#context.session === 'lent') return this.#lentTransaction(steps, script);
    const { nowMs, pace } = this.#context;
    const open = { steps, startedMs: nowMs() };
    const committing = this.#held;
    this.#held = null;
    await this.#converse(this.#conversation(steps[0] ?? 0, committing, script), { committing, open });
    if (this.#record.failure !== null) return this.#abandon();
    this.#held = open;
    pace.note(
      steps.map((index) => this.#step(index)),
      nowMs() - open.startedMs,
    );
  }

  /**
   * The same on a session that is lent for one transaction. Nothing guards it against what is sent behind a BEGIN that
   * failed, so that its answer is waited for; and it is given back as it came.
   */
  async #lentTransaction(steps: readonly number[], script: TransactionScript): Promise<void> {
    await this.#commitHeld();
    if (this.#record.failure !== null) return;
    const first = steps[0] ?? 0;
    const open = { steps, startedMs: this.#context.nowMs() };
    const lent = await this.#openLent(first, open);
    const isDone = lent !== null && (await this.#runLent(script, lent, open));
    if (isDone) this.#held = open;
    else await this.#abandon();
  }

  async #runLent(script: TransactionScript, lent: LentSession, open: Transaction): Promise<boolean> {
    await this.#converse(this.#announced(script), { committing: null, open });
    return this.#record.failure === null && (await this.#restore(lent, open));
  }

  /** Opens a transaction and asks what the session is like; `null` when that failed. */
  async #openLent(step: number, open: Transaction): Promise<LentSession | null> {
    const asked: Answer[] = [];
    const messages = [own(BEGIN, step), { ...own(REMEMBER, step), describe: true }];
    const error = await this.#exchange.run(messages, (_message, answer) => asked.push(answer));
    const [, lent] = asked;
    if (error === null && lent !== undefined) return toLentSession(lent);
    this.#record.fail(error ?? new Error('no answer'), { step, statement: null, startedMs: open.startedMs });
    return null;
  }

  async #restore(lent: LentSession, { steps, startedMs }: Transaction): Promise<boolean> {
    const step = steps.at(-1) ?? 0;
    const error = await restoreSession((message) => this.#ask(message, step), lent);
    if (error !== null) this.#record.fail(error, { step, statement: null, startedMs });
    return error === null;
  }

  /** The answer to one message of our own. */
  async #ask(message: Message, step: number): Promise<Answer> {
    const answers: Answer[] = [];
    const messages = [{ ...own(message, step), describe: true }];
    const error = await this.#exchange.run(messages, (_message, answer) => answers.push(answer));
    const [answer] = answers;
    return answer ?? { error, command: '', firstRow: null, notices: [], atMs: this.#context.nowMs() };
  }

  /**
   * The next transaction begins with the COMMIT of the one before: when that fails, nothing of it runs. The session is
   * reset inside it, and again by {@link #abandon} when it is aborted.
   */
  *#conversation(
    first: number,
    committing: Transaction | null,
    script: TransactionScript,
  ): Generator<SeriesMessage> {
    if (committing === null) {
      yield own(BEGIN, first);
    } else {
      const waits = this.#context.nowMs() - this.#syncedMs >= SYNC_EVERY_MS;
      yield* commitMessages(committing.steps.at(-1) ?? 0, 'and chain', waits);
      for (const command of RESET_COMMANDS) yield own(command, first);
    }
    yield* this.#announced(script);
  }

  /** Tells of each step as its first message is taken. */
  *#announced(script: TransactionScript): Generator<SeriesMessage> {
    let announced = -1;
    for (const message of script.messages()) {
      if (message.purpose.step > announced) {
        announced = message.purpose.step;
        this.#observer.stepStarted(announced);
      }
      yield message;
    }
  }

  async #commitHeld(): Promise<void> {
    const committing = this.#held;
    if (committing === null) return;
    this.#held = null;
    const messages = commitMessages(committing.steps.at(-1) ?? 0, 'at once', true);
    await this.#converse(messages, { committing, open: null });
    if (this.#record.failure !== null) await this.#abandon();
  }

  /** Sees to it that what is committed can be told of. A late cancel may hit this too, and means something else. */
  async #flush(): Promise<void> {
    for (let tries = 1; this.#record.firstUntold !== null; tries += 1) {
      if (this.#record.failure?.kind === 'lost') return;
      const messages = flushMessages(this.#context.hold, this.#record.firstUntold);
      const error = await this.#exchange.run(messages, () => undefined);
      if (error === null) {
        this.#record.tell();
      } else if (tries === 1 && classifyPgError(error) === 'cancelled') {
        await this.#abandon();
      } else {
        this.#record.lose(error);
      }
    }
  }

  async #converse(messages: Iterable<SeriesMessage>, reading: Reading): Promise<void> {
    this.#reader.expect(reading, this.#context.nowMs());
    await this.#exchange.run(messages, (message, answer) => {
      this.#reader.hear(message, answer);
    });
  }

  /** A ROLLBACK that fails, by a late cancel or a broken connection, leaves a session nobody can use. */
  async #abandon(): Promise<void> {
    const messages = ['ROLLBACK', ...this.#resets].map((command) => own(command, 0));
    const error = await this.#exchange.run(messages, () => undefined);
    if (error !== null) this.#record.lose(error);
  }

  /** Another's session is made what it was at the end of each transaction, and in no other way. */
  get #resets(): readonly string[] {
    return this.#context.session === 'own' ? RESET_COMMANDS : [];
  }

  #step(index: number): PlanStep {
    const step = this.#series.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }
}

function cannotWrite(error: unknown): BfmError {
  return new BfmError('internal.invariant', {
    message: `cannot write a transaction: ${textOf(error)}`,
    cause: error,
  });
}
