import { BfmError, isBfmError, type PlanStep, type Target } from '@bfm/core';
import type { SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import type pg from 'pg';
import { flushMessages } from './durable.ts';
import { Flights } from './flights.ts';
import type { FenceHold } from './ledger-writes.ts';
import { classifyPgError, textOf } from './pg-errors.ts';
import { abortLent, REMEMBER, restoreSession, toLentSession, type LentSession } from './lent-session.ts';
import type { Message } from './message.ts';
import type { Answer } from './pipeline.ts';
import { SeriesReader } from './series-reader.ts';
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

/** A transaction, written down. */
interface Written {
  /** Places of its steps in the series, at least one. */
  readonly steps: readonly number[];
  readonly script: TransactionScript;
}

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
 * Runs steps as messages sent without waiting for replies. A COMMIT goes out only after every reply and notice of its
 * transaction has been read, together with the next transaction, or in one group with its transaction and the next: the
 * server passes over all of a group that comes behind an error. Anything else would let through what follows a failed
 * fence.
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

interface LentTransaction {
  readonly steps: readonly number[];
  readonly startedMs: number;
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
  readonly #flights: Flights;
  /** Steps of a transaction whose COMMIT is held back until all its replies are read. */
  #held: readonly number[] | null = null;
  #syncedMs: number;

  constructor({ series, observer, context, exchange }: SeriesRunInit) {
    const { target, nowMs } = context;
    this.#series = series;
    this.#observer = observer;
    this.#context = context;
    this.#exchange = exchange;
    this.#flights = new Flights(series.steps, context.pace);
    this.#record = new SeriesRecord({ series, observer, target, nowMs });
    this.#syncedMs = nowMs();
    const onSynced = (): void => {
      this.#syncedMs = nowMs();
    };
    this.#reader = new SeriesReader({ steps: series.steps, observer, record: this.#record, onSynced });
  }

  async run(): Promise<SeriesResult> {
    const { steps, stop } = this.#series;
    for (let done = 0; done < steps.length;) {
      if (stop.aborted || this.#record.failure !== null) break;
      const flight = this.#writeFlight(done);
      const [first] = flight;
      if (first === undefined) break;
      await (this.#context.session === 'lent' ? this.#lentTransaction(first) : this.#fly(flight));
      done = (flight.at(-1)?.steps.at(-1) ?? done) + 1;
    }
    await this.#commitHeld();
    await this.#flush();
    return this.#record.toResult();
  }

  /** The transactions that are sent together next; none when the first of them cannot be written. */
  #writeFlight(from: number): readonly Written[] {
    const { steps, commit, createSchema } = this.#series;
    const isAlone = this.#context.session === 'lent' || (from === 0 && createSchema !== null);
    const size = isAlone ? 1 : this.#flights.sizeFrom(from);
    const indices = [...steps.keys()];
    const batches =
      commit === 'per-target' ? [indices] : indices.slice(from, from + size).map((index) => [index]);
    const flight: Written[] = [];
    for (const batch of batches) {
      const written = this.#write(batch, batches.length > 1);
      if (written instanceof BfmError) {
        // Those before it go first.
        if (flight.length === 0) this.#failAt(from, written);
        break;
      }
      flight.push(written);
    }
    return flight;
  }

  #failAt(step: number, error: BfmError): void {
    this.#record.fail(error, { step, statement: null, startedMs: this.#context.nowMs() });
  }

  /** Writes one transaction, or says why it cannot be written. */
  #write(batch: readonly number[], isTogether: boolean): Written | BfmError {
    const { createSchema, timeouts } = this.#series;
    const { target, hold, pace } = this.#context;
    const [first, ...rest] = batch.map((at): PlacedStep => {
      const step = this.#step(at);
      return { at, step, isQuick: isTogether || pace.wasQuick(step) };
    });
    if (first === undefined) throw new RangeError('a transaction holds at least one step');
    try {
      const creates = createSchema !== null && first.at === 0;
      const resets = this.#resets;
      const init = { target, hold, timeouts, createSchema: creates, resets };
      return { steps: batch, script: new TransactionScript([first, ...rest], init) };
    } catch (error) {
      return isBfmError(error) ? error : cannotWrite(error);
    }
  }

  /** Sends transactions behind the held COMMIT and reads all answers. */
  async #fly(flight: readonly Written[]): Promise<void> {
    const { nowMs } = this.#context;
    const startedMs = nowMs();
    const committing = this.#held;
    this.#held = null;
    await this.#converse(this.#conversation(committing, flight));
    if (this.#record.failure !== null) {
      if (this.#record.failure.kind === 'lost') this.#context.pace.forget(this.#series.steps);
      return this.#abandon();
    }
    this.#held = flight.at(-1)?.steps ?? null;
    this.#note(flight, nowMs() - startedMs);
  }

  #note(flight: readonly Written[], tookMs: number): void {
    const steps = flight.flatMap(({ steps: batch }) => batch.map((index) => this.#step(index)));
    this.#flights.note(this.#context.pace.note(steps, tookMs));
  }

  /**
   * The same on a session that is lent for one transaction. Nothing guards it against what is sent behind a BEGIN that
   * failed, so that its answer is waited for; and it is given back as it came.
   */
  async #lentTransaction({ steps, script }: Written): Promise<void> {
    await this.#commitHeld();
    if (this.#record.failure !== null) return;
    const first = steps[0] ?? 0;
    const startedMs = this.#context.nowMs();
    const lent = await this.#openLent(first, startedMs);
    if (lent === null) await this.#abandon();
    else if (await this.#runLent(script, lent, { steps, startedMs })) this.#held = steps;
    else await this.#abandonLent(lent, first);
  }

  async #abandonLent(lent: LentSession, step: number): Promise<void> {
    const error = await abortLent((message) => this.#ask(message, step), lent);
    if (error !== null) this.#record.lose(error);
  }

  async #runLent(script: TransactionScript, lent: LentSession, open: LentTransaction): Promise<boolean> {
    await this.#converse(this.#announced(script));
    return this.#record.failure === null && (await this.#restore(lent, open));
  }

  /** Opens a transaction and asks what the session is like; `null` when that failed. */
  async #openLent(step: number, startedMs: number): Promise<LentSession | null> {
    const asked: Answer[] = [];
    const messages = [own(BEGIN, step), { ...own(REMEMBER, step), describe: true }];
    const error = await this.#exchange.run(messages, (_message, answer) => asked.push(answer));
    const [, lent] = asked;
    if (error === null && lent !== undefined) return toLentSession(lent);
    this.#record.fail(error ?? new Error('no answer'), { step, statement: null, startedMs });
    return null;
  }

  async #restore(lent: LentSession, { steps, startedMs }: LentTransaction): Promise<boolean> {
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
   * A transaction begins with the COMMIT of the one before: when that fails, nothing of it runs. The session is reset
   * inside it, and again by {@link #abandon} when it is aborted.
   */
  *#conversation(held: readonly number[] | null, flight: readonly Written[]): Generator<SeriesMessage> {
    let committing = held;
    const [first] = flight;
    for (const written of flight) {
      const isFirst = written === first;
      yield* this.#opening(committing, { written, isFirst });
      if (isFirst) yield* this.#announced(written.script);
      else for (const message of written.script.messages()) yield { ...message, joined: true };
      committing = written.steps;
    }
  }

  *#opening(
    committing: readonly number[] | null,
    { written: { steps }, isFirst }: { readonly written: Written; readonly isFirst: boolean },
  ): Generator<SeriesMessage> {
    const [step = 0] = steps;
    if (committing === null) {
      yield own(BEGIN, step);
      return;
    }
    const waits = this.#context.nowMs() - this.#syncedMs >= SYNC_EVERY_MS;
    const commit = commitMessages({
      steps: committing,
      how: 'and chain',
      waits: isFirst && waits,
      next: isFirst ? null : step,
    });
    if (!isFirst) this.#observer.stepSent(step);
    const isKnown = this.#context.pace.wasQuick(this.#step(step));
    for (const message of commit) {
      yield {
        ...message,
        joined: !isFirst,
        // What is done is told at once, however long the next transaction takes.
        flush: message.purpose.kind === 'commit' && (isFirst ? waits : !isKnown),
      };
    }
    for (const command of RESET_COMMANDS) yield { ...own(command, step), joined: !isFirst };
  }

  /** Tells of each step as its first message is taken. */
  *#announced(script: TransactionScript): Generator<SeriesMessage> {
    let announced = -1;
    for (const message of script.messages()) {
      if (message.purpose.step > announced) {
        announced = message.purpose.step;
        this.#observer.stepSent(announced);
        this.#observer.stepStarted(announced);
      }
      yield message;
    }
  }

  async #commitHeld(): Promise<void> {
    const steps = this.#held;
    if (steps === null) return;
    this.#held = null;
    await this.#converse(commitMessages({ steps, how: 'at once', waits: true, next: null }));
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

  async #converse(messages: Iterable<SeriesMessage>): Promise<void> {
    this.#reader.expect(this.#context.nowMs());
    await this.#exchange.run(messages, (message, answer) => {
      this.#reader.hear(message, answer);
    });
    this.#reader.heardAll();
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
