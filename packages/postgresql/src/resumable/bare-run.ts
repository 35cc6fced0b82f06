import { createHash } from 'node:crypto';
import { BfmError, type BareStatement, type StatementProgress, type WaitingFailpoint } from '@bfm/core';
import type { Answer } from '../pipeline.ts';
import type { Message } from '../message.ts';
import type { BareContext } from './bare-context.ts';
import { settleIntent } from './bare-statement.ts';
import { BUILD_LOCK } from './build-turn.ts';
import { Halt, NeedsAttention } from './halt.ts';
import type { Intent, Sighting } from './progress.ts';
import type { ResumableInit } from './resumable-context.ts';
import type { StepProgress } from './step-progress.ts';
import { expectDone, type StepSession } from './step-session.ts';

/** How often whoever waits looks again, in milliseconds. */
const POLL_MS = 200;
/** Waits that block nobody end as well: no run may hang for ever. */
const WAIT_MAX_MS = 3_600_000;

/** What an intent keeps: enough to find out what became of the statement, whatever the file says by then. */
interface KeptIntent {
  readonly bare: BareStatement;
  readonly text: string;
  readonly before: Sighting;
}

/** The bare statements of one step: their intents, turns and watches. */
export class BareRun implements BareContext {
  readonly session: StepSession;
  readonly #init: ResumableInit;
  readonly #progress: StepProgress;

  constructor(init: ResumableInit, session: StepSession, progress: StepProgress) {
    this.session = session;
    this.#init = init;
    this.#progress = progress;
  }

  nowMs(): number {
    return this.#init.context.nowMs();
  }

  lockTimeoutMs(blocksNobody: boolean): number {
    const { step, series } = this.#init;
    return step.execution.lockTimeoutMs ?? (blocksNobody ? WAIT_MAX_MS : series.timeouts.lockTimeoutMs);
  }

  /**
   * Ends what an earlier run left under way.
   *
   * @throws {@link Halt} {@link NeedsAttention}
   */
  async settleLeftIntent(): Promise<void> {
    const { intent } = this.#progress;
    if (intent === null) return;
    const number = intent.statement - 1;
    this.#tell(number, waitingFor('going on where an earlier run was interrupted'));
    const kept = intent.before as unknown as KeptIntent;
    const statement = this.#init.step.statements[number];
    const same = statement !== undefined && digestOf(statement.text) === kept.text;
    const old = {
      bare: kept.bare,
      number,
      statement: statement ?? { text: '', line: 1, column: 1, bare: null },
    };
    const isDone = await settleIntent(old, { ...intent, before: kept.before }, this);
    if (isDone && !same) throw new NeedsAttention(editedAfterwards(), number);
    await this.recordDone(isDone ? intent.statement : number);
  }

  async takeTurn(statement: number): Promise<AsyncDisposable> {
    const { tools } = this.#init;
    const tryLock = async (): Promise<boolean> => {
      const answer = await this.session.plain({ text: TRY_LOCK, values: [BUILD_LOCK] });
      return answer.firstRow?.['locked'] === true;
    };
    const unlock = async (): Promise<void> => {
      await this.#init.pipeline.send({ text: UNLOCK, values: [BUILD_LOCK] });
    };
    const phase = 'waiting for another CONCURRENTLY in this database';
    if (tools.buildTurns.busy) this.#tell(statement, waitingFor(phase));
    const { stop } = this.#init.series;
    const sinceMs = this.nowMs();
    const asleep = new AbortController();
    // Somebody of this process may build for hours. A session that is lost meanwhile shows by what is done on it next.
    const resting = this.session.rest(Infinity, asleep.signal).catch(() => undefined);
    const turn = await tools.buildTurns
      .take({ tryLock, unlock }, { stop, pause: () => this.#pause(statement, { phase, sinceMs }) })
      .finally(() => {
        asleep.abort();
        return resting;
      });
    if (turn === null) throw stoppedWhile(phase);
    return turn;
  }

  async claim(statement: number): Promise<AsyncDisposable> {
    const phase = 'waiting for the interrupted statement of another run to end';
    const sinceMs = this.nowMs();
    const values = [this.#init.context.hold.scopeId];
    for (;;) {
      const answer = await this.session.plain({ text: TRY_CLAIM, values });
      if (answer.firstRow?.['claimed'] === true) break;
      await this.#pause(statement, { phase, sinceMs });
    }
    return {
      [Symbol.asyncDispose]: async () => {
        await this.#init.pipeline.send({ text: UNCLAIM, values });
      },
    };
  }

  async waitForBackend({ backendPid, backendStart }: Intent, statement: number): Promise<void> {
    const phase = `waiting for the interrupted statement to end (pid ${backendPid})`;
    const sinceMs = this.nowMs();
    for (;;) {
      const answer = await this.session.plain({ text: STILL_AT_WORK, values: [backendPid, backendStart] });
      if (answer.firstRow?.['working'] !== true) return;
      await this.#pause(statement, { phase, sinceMs });
    }
  }

  async recordIntent(number: number, before: Sighting): Promise<void> {
    const statement = this.#init.step.statements[number];
    if (!statement?.bare) throw new Error(`statement ${number} is not bare`);
    const kept: KeptIntent = { bare: statement.bare, text: digestOf(statement.text), before };
    await this.#note({ intent: { statement: number + 1, before: { ...kept } } });
  }

  async recordDone(count: number): Promise<void> {
    await this.#note({ statementsDone: count });
  }

  async sendOutside(message: Message): Promise<Answer> {
    const { pipeline } = this.#init;
    const sent = pipeline.together(() => {
      const opened = pipeline.send('SET default_transaction_read_only = off');
      const answer = pipeline.send(message);
      return { opened, answer, closed: pipeline.send('SET default_transaction_read_only = on') };
    });
    await this.failpoint('bare.statement_sent');
    expectDone(await sent.opened, null);
    const answer = await sent.answer;
    await sent.closed;
    return answer;
  }

  failpoint(name: WaitingFailpoint): Promise<void> {
    return this.#init.context.failpoints.reach(name);
  }

  async #note(write: Parameters<StepProgress['notes']>[0]): Promise<void> {
    await this.session.transaction(async (send) => {
      for (const answer of await Promise.all(this.#progress.notes(write).map(send))) expectDone(answer, null);
    });
    this.#progress.took(write);
  }

  async #pause(
    statement: number,
    { phase, sinceMs }: { readonly phase: string; readonly sinceMs: number },
  ): Promise<void> {
    const { series } = this.#init;
    this.#tell(statement, waitingFor(phase));
    await this.session.rest(POLL_MS, series.stop);
    if (series.stop.aborted) throw stoppedWhile(phase);
    if (this.nowMs() - sinceMs > WAIT_MAX_MS) throw waitedInVain(phase);
  }

  #tell(statement: number, progress: StatementProgress): void {
    this.#init.observer.statementProgress(this.#init.index, statement + 1, progress);
  }
}

function waitingFor(phase: string): StatementProgress {
  return { phase, done: 0, total: null, unit: 'steps', waitingFor: null };
}

function stoppedWhile(phase: string): Halt {
  return new Halt(new BfmError('run.cancelled', { message: `stopped while ${phase}` }));
}

function waitedInVain(phase: string): Halt {
  return new Halt(
    new BfmError('step.lock_timeout', {
      message: `an hour went by ${phase}`,
      next: 'look in pg_stat_activity for what it is, then run the same command again',
    }),
  );
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function editedAfterwards(): BfmError {
  return new BfmError('step.partial', {
    message: 'the statement was done as the file had it then, and has been edited since',
    next: 'restore it in the file, or go on behind it: bfm repair mark-pending --statement NEXT',
  });
}

const TRY_LOCK = 'SELECT pg_catalog.pg_try_advisory_lock($1) AS locked';
const UNLOCK = 'SELECT pg_catalog.pg_advisory_unlock($1)';

const TRY_CLAIM =
  "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('bfm bare ' || $1::integer, 0)) AS claimed";
const UNCLAIM =
  "SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended('bfm bare ' || $1::integer, 0))";

// A backend keeps its number and start for life; one that is idle has ended the statement.
const STILL_AT_WORK = `
SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity($1) a
               WHERE a.backend_start = $2::timestamptz AND a.pid <> pg_catalog.pg_backend_pid() AND a.state <> 'idle') AS working`;
