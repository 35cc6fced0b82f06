import type { SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import { flushMessages } from './durable.ts';
import { announcedMessages, flightMessages } from './flight-messages.ts';
import { FlightWriter, resetsOf, type Written } from './flight-writer.ts';
import { Flights, needsAnswers } from './flights.ts';
import { abortLent, rememberQuery, restoreSession, toLentSession, type LentSession } from './lent-session.ts';
import type { Message } from './message.ts';
import { classifyPgError } from './pg-errors.ts';
import type { Answer } from './pipeline.ts';
import type { SeriesContext } from './series-context.ts';
import { SeriesReader } from './series-reader.ts';
import { SeriesRecord } from './series-record.ts';
import {
  BEGIN,
  commitMessages,
  own,
  type SeriesMessage,
  type TransactionScript,
} from './transaction-messages.ts';
import { shortestLockTimeout } from './silence/lock-timeouts.ts';
import type { Blocker } from './silence/blocker.ts';
import { Exchange } from './wire/exchange.ts';
import { stepAt } from './step-at.ts';

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
  readonly #writer: FlightWriter;
  /** Steps of a transaction whose COMMIT is held back until all its replies are read. */
  #held: readonly number[] | null = null;
  #syncedMs: number;

  constructor({ series, observer, context, exchange }: SeriesRunInit) {
    const { target, nowMs, failpoints } = context;
    this.#series = series;
    this.#observer = observer;
    this.#context = context;
    this.#exchange = exchange;
    this.#flights = new Flights(series.steps, context.pace);
    this.#writer = new FlightWriter({ series, context, flights: this.#flights });
    const blockers = (): readonly Blocker[] => context.client.watch.blockers;
    this.#record = new SeriesRecord({ series, observer, target, nowMs, blockers });
    this.#syncedMs = nowMs();
    const onSynced = (): void => {
      this.#syncedMs = nowMs();
    };
    this.#reader = new SeriesReader({
      steps: series.steps,
      observer,
      record: this.#record,
      onSynced,
      failpoints,
    });
  }

  async run(): Promise<SeriesResult> {
    const { steps, stop } = this.#series;
    using _listening = this.#context.client.watch.listen({
      lockTimeoutMs: shortestLockTimeout(this.#series),
      tell: (progress) => {
        const { step, statement } = this.#reader.place;
        this.#observer.statementProgress(step, statement + 1, progress);
      },
    });
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
    const { flight, fault } = this.#writer.from(from);
    // Those before it go first.
    if (fault !== null && flight.length === 0) {
      this.#record.fail(fault, { step: from, statement: null, startedMs: this.#context.nowMs() });
    }
    return flight;
  }

  /** Sends transactions behind the held COMMIT and reads all answers. */
  async #fly(flight: readonly Written[]): Promise<void> {
    const { nowMs } = this.#context;
    const startedMs = nowMs();
    const committing = this.#held;
    this.#held = null;
    const isSynced = startedMs - this.#syncedMs < SYNC_EVERY_MS;
    const { steps } = this.#series;
    const isLast = this.#endsWith(flight);
    const around = { observer: this.#observer, pace: this.#context.pace, steps, isSynced, isLast };
    await this.#converse(flightMessages(committing, flight, around));
    if (this.#record.failure !== null) {
      if (this.#record.failure.kind === 'lost') this.#context.pace.forget(this.#series.steps);
      return this.#abandon();
    }
    this.#held = isLast ? null : (flight.at(-1)?.steps ?? null);
    this.#note(flight, nowMs() - startedMs);
  }

  #endsWith(flight: readonly Written[]): boolean {
    const indices = flight.flatMap(({ steps }) => steps);
    const hasLast = indices.at(-1) === this.#series.steps.length - 1;
    return hasLast && !indices.some((index) => needsAnswers(stepAt(this.#series.steps, index)));
  }

  #note(flight: readonly Written[], tookMs: number): void {
    const steps = flight.flatMap(({ steps: batch }) =>
      batch.map((index) => stepAt(this.#series.steps, index)),
    );
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
    const error = await abortLent(
      (message) => this.#ask(message, step),
      lent,
      this.#context.transactionSilenceMs,
    );
    if (error !== null) this.#record.lose(error);
  }

  async #runLent(script: TransactionScript, lent: LentSession, open: LentTransaction): Promise<boolean> {
    await this.#converse(announcedMessages(script, this.#observer));
    return this.#record.failure === null && (await this.#restore(lent, open));
  }

  /** Opens a transaction and asks what the session is like; `null` when that failed. */
  async #openLent(step: number, startedMs: number): Promise<LentSession | null> {
    const asked: Answer[] = [];
    const { client, transactionSilenceMs } = this.#context;
    client.lentBackend = null;
    client.lentSince = null;
    const messages = [
      own(BEGIN, step),
      { ...own(rememberQuery(transactionSilenceMs), step), describe: true },
    ];
    const error = await this.#exchange.run(messages, (_message, answer) => asked.push(answer));
    const [, lent] = asked;
    if (error === null && lent !== undefined) {
      const session = toLentSession(lent);
      client.lentBackend = session.pid;
      client.lentSince = session.since;
      return session;
    }
    this.#record.fail(error ?? new Error('no answer'), { step, statement: null, startedMs });
    return null;
  }

  async #restore(lent: LentSession, { steps, startedMs }: LentTransaction): Promise<boolean> {
    const step = steps.at(-1) ?? 0;
    const error = await restoreSession(
      (message) => this.#ask(message, step),
      lent,
      this.#context.transactionSilenceMs,
    );
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
    const { failpoints } = this.#context;
    await this.#exchange.run(
      messages,
      (message, answer) => {
        this.#reader.hear(message, answer);
      },
      {
        sending: ({ purpose }) => {
          if (purpose.kind === 'statement') failpoints.pass('step.statement_sending');
        },
        sent: ({ purpose }) => {
          if (purpose.kind === 'commit') failpoints.pass('step.commit_sent');
        },
      },
    );
    this.#reader.heardAll();
  }

  /** A ROLLBACK that fails, by a late cancel or a broken connection, leaves a session nobody can use. */
  async #abandon(): Promise<void> {
    const messages = ['ROLLBACK', ...resetsOf(this.#context)].map((command) => own(command, 0));
    const error = await this.#exchange.run(messages, () => undefined);
    if (error !== null) this.#record.lose(error);
  }
}
