import { isBfmError, type BfmError, type ErrorCode } from '@bfm/core';
import { backoffMs } from './backoff.ts';
import type { DependencyBoard } from './dependency-board.ts';
import { HeldWork } from './held-work.ts';
import { openTarget } from './open-target.ts';
import { isOvertaken, settleOvertaken } from './overtaken.ts';
import type { RunContext } from './run-options.ts';
import type { StoreBreakers } from './store-breakers.ts';
import { toBfmError } from './target-errors.ts';
import type { TargetRun } from './target-run.ts';
import { TargetSteps } from './target-steps.ts';

/** Times a target is taken again after its connection broke: with the pauses between, some twenty seconds. */
const REOPEN_MAX = 7;

/** What a place says that cannot be asked at the moment. */
const AWAY: ReadonlySet<ErrorCode> = new Set(['target.unreachable', 'lock.unreachable']);

/** What the runners of one run share. */
export interface RunnerContext extends RunContext {
  readonly breakers: StoreBreakers;
}

/** Carries one target as far as it can go now: until its steps have ended or wait for another target. */
export class TargetRunner {
  readonly #steps: TargetSteps;
  readonly #board: DependencyBoard;
  readonly #context: RunnerContext;
  /** The fence under which the target was held last. */
  #token: string | null = null;

  constructor(run: TargetRun, board: DependencyBoard, context: RunnerContext) {
    this.#steps = new TargetSteps(run, context);
    this.#board = board;
    this.#context = context;
  }

  /** Never throws for what goes wrong with the target: that is in the ends of its steps. */
  async advance(): Promise<void> {
    let lost: BfmError | null = null;
    let last: BfmError | null = null;
    for (let reopened = 0; reopened <= REOPEN_MAX; reopened += 1) {
      try {
        const again = await this.#advanceOnce(lost !== null);
        if (again === null) return;
        lost = last = again;
        this.#context.emit({ type: 'target.lost', target: this.#steps.run.target, error: again });
      } catch (error) {
        const typed = toBfmError(error);
        // A server that restarts is away for a moment; the first time it is not there, it is simply not there.
        if (lost === null || !AWAY.has(typed.code)) {
          await this.#endRest(typed);
          return;
        }
        last = typed;
      }
      // Nothing answered for a whole deadline, on another connection either: one more try is enough.
      if (lost.details['unanswered'] === true && last !== lost) break;
      const { clock, random } = this.#context;
      await clock.sleep(backoffMs(reopened + 1, random()), this.#patience);
    }
    if (last !== null) await this.#endRest(last);
  }

  async #endRest(error: BfmError): Promise<void> {
    const { stores, options } = this.#context;
    const store = stores.get(this.#steps.run.target.connection);
    if (store !== undefined && this.#steps.tries.hasDoubts && isOvertaken(error, this.#token)) {
      // Who cannot be asked leaves the doubts as they are.
      await settleOvertaken(this.#steps, store, options.runId).catch(() => undefined);
    }
    this.#steps.endRest(error);
  }

  /** Who asks to stop still wants to know what became of what was under way: that is looked at unless it is cancelled. */
  get #patience(): AbortSignal {
    const { stop, cancel } = this.#context.options;
    return this.#steps.tries.hasDoubts ? cancel : stop;
  }

  /** One session's worth of work; gives back why when the connection or the target's lock was lost. */
  async #advanceOnce(isRetry: boolean): Promise<BfmError | null> {
    const { target } = this.#steps.run;
    const { stores, breakers, emit, options } = this.#context;
    const store = stores.get(target.connection);
    if (store === undefined) throw new Error(`no store for connection ${target.connection}`);
    // After an attempt it matters which run has written a row.
    const mayShare = this.#steps.tries.isEmpty;
    // Whoever has begun something there goes on asking.
    const whyNot = isRetry ? null : breakers.whyNot(store);
    if (whyNot !== null) throw whyNot;
    const patient = { ...this.#context, options: { ...options, stop: this.#patience } };
    await using held = await openTarget({ target, store, mayShare }, patient).catch((error: unknown) => {
      if (isBfmError(error) && error.code === 'target.unreachable') breakers.missed(store, error);
      throw error;
    });
    breakers.reached(store);
    this.#token = held.session.fencingToken;
    emit({ type: 'target.started', target, fencingToken: held.session.fencingToken });
    try {
      return await new HeldWork(this.#steps, held, { board: this.#board, context: this.#context }).run();
    } catch (error) {
      const typed = toBfmError(error);
      if (held.isLost) return held.reason;
      if (typed.code === 'target.unreachable') return typed;
      throw error;
    }
  }
}
