import type { Failpoints, MigrationId, Target } from '@bfm/core';
import type {
  LockedEntry,
  PendingNote,
  SeriesObserver,
  SeriesResult,
  StepSeries,
  TargetSession,
} from '@bfm/engine';
import { writeNotes, type FenceHold } from './ledger-writes.ts';
import { Exchange } from './wire/exchange.ts';
import { flushMessages } from './durable.ts';
import type { StepPace } from './step-pace.ts';
import type { ResumableTools } from './resumable/resumable-context.ts';
import { restOn, SIGN_OF_LIFE } from './rest-on.ts';
import { runSeries, type SeriesAround } from './run-series.ts';
import { SESSION_RESET } from './session-reset.ts';
import type { PooledClient } from './pool.ts';
import { toTargetError } from './target-error.ts';

/** What a session is made of once the target is taken. */
export interface SessionInit {
  readonly client: PooledClient;
  readonly target: Target;
  readonly hold: FenceHold;
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  readonly nowMs: () => number;
  readonly pace: StepPace;
  readonly failpoints: Failpoints;
  readonly tools: ResumableTools;
  readonly session: 'own' | 'lent';
  /** The server ends the session when it does not hear of it for so long; `null`: it does not. */
  readonly silenceMs: number | null;
  /** See {@link SeriesContext.transactionSilenceMs}. */
  readonly transactionSilenceMs: number;
  /** Lends a session past the pooler; `null` where there is no pooler. */
  readonly direct: SeriesAround['direct'];
  /** Gives back what keeps others waiting when that is not the session itself. Never throws. */
  readonly unlock: () => Promise<void>;
  /** Aborted when that is lost. */
  readonly lost: AbortSignal;
  /** Cancels whatever the session's backend is doing; resolves once nothing more can be cancelled by it. Never rejects. */
  readonly cancel: () => Promise<void>;
}

/** A target taken on one pinned PostgreSQL connection. */
export class PostgresSession implements TargetSession {
  readonly entries: ReadonlyMap<MigrationId, LockedEntry>;
  readonly #init: SessionInit;
  #broken: Error | null = null;
  /** A series may have left something in the session: settings, a role, temporary tables. */
  #isUsed = false;

  constructor(init: SessionInit) {
    this.#init = init;
    this.entries = init.entries;
  }

  /** The fence's number: grows with every taking of the target. */
  get fencingToken(): string {
    return this.#init.hold.token;
  }

  /** See {@link TargetSession.lost}. */
  get lost(): AbortSignal {
    return this.#init.lost;
  }

  /** See {@link TargetSession.applySeries}. */
  async applySeries(series: StepSeries, observer: SeriesObserver): Promise<SeriesResult> {
    let cancelled = Promise.resolve();
    const onCancel = (): void => {
      cancelled = this.#init.cancel();
    };
    if (series.cancel.aborted) onCancel();
    series.cancel.addEventListener('abort', onCancel, { once: true });
    try {
      const result = await this.#run(series, observer);
      if (result.failure?.kind === 'lost') this.#broken = result.failure.error;
      return result;
    } finally {
      series.cancel.removeEventListener('abort', onCancel);
      // It names only the connection: later it would hit whatever that is used for next.
      await cancelled;
    }
  }

  async #run(series: StepSeries, observer: SeriesObserver): Promise<SeriesResult> {
    try {
      await this.#clean();
      this.#isUsed = true;
      const { tools, direct } = this.#init;
      const around = { context: this.#init, entries: this.entries, tools, direct };
      return await runSeries(series, observer, around);
    } catch (error) {
      throw toTargetError(error, this.#init.target);
    }
  }

  /** See {@link TargetSession.settle}. */
  async settle(): Promise<void> {
    const { client, hold, nowMs, target } = this.#init;
    using exchange = new Exchange(client, nowMs);
    const error = await exchange.run(flushMessages(hold, 0), () => undefined);
    if (error !== null) throw toTargetError(error, target);
  }

  /** See {@link TargetSession.rest}. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    const { client, silenceMs, tools, target } = this.#init;
    try {
      await restOn({ ask: () => client.query(SIGN_OF_LIFE), silenceMs, sleep: tools.sleep }, ms, signal);
    } catch (error) {
      throw toTargetError(error, target);
    }
  }

  /** See {@link TargetSession.note}. */
  async note(notes: readonly PendingNote[]): Promise<void> {
    try {
      await this.#clean();
      const { client, hold, failpoints } = this.#init;
      await writeNotes(client, { hold, notes, failpoints });
    } catch (error) {
      throw toTargetError(error, this.#init.target);
    }
  }

  /** What is lent is given back as it came, transaction by transaction. */
  async #clean(): Promise<void> {
    if (!this.#isUsed || this.#init.session === 'lent') return;
    await this.#init.client.query(SESSION_RESET);
    this.#isUsed = false;
  }

  /** See {@link TargetSession}: a connection that cannot be cleaned is closed, which frees its locks too. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { client, session, unlock, failpoints } = this.#init;
    if (this.#broken === null && session === 'own') {
      await client
        .query(`${SESSION_RESET}; SELECT pg_catalog.pg_advisory_unlock_all()`)
        .catch((error: unknown) => {
          this.#broken = error instanceof Error ? error : new Error(String(error));
        });
    }
    client.release(this.#broken ?? false);
    await unlock();
    await failpoints.reach('target.released');
  }
}
