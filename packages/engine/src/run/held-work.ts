import type { BfmError } from '@bfm/core';
import type { SeriesFailure, SeriesResult } from '../ports/target-session.ts';
import { backoffMs } from './backoff.ts';
import type { DependencyBoard } from './dependency-board.ts';
import type { HeldTarget } from './held-target.ts';
import { LockedLedger } from './locked-ledger.ts';
import type { RunContext } from './run-options.ts';
import { BREAKS_MAX } from './step-tries.ts';
import { breakerError, cutByLoss, groupAborted } from './target-errors.ts';
import type { TargetSteps } from './target-steps.ts';
import { notBegunError } from './units.ts';

type GoesOn = 'go_on' | 'stop' | 'lost';

/** What is done in a target for as long as it is held. */
export class HeldWork {
  readonly #steps: TargetSteps;
  readonly #held: HeldTarget;
  readonly #ledger: LockedLedger;
  readonly #board: DependencyBoard;
  readonly #context: RunContext;

  constructor(
    steps: TargetSteps,
    held: HeldTarget,
    { board, context }: { readonly board: DependencyBoard; readonly context: RunContext },
  ) {
    this.#steps = steps;
    this.#held = held;
    this.#ledger = new LockedLedger(steps, held.session);
    this.#board = board;
    this.#context = context;
  }

  /** Runs steps until none is ready; gives back why when the connection or the target's lock was lost. */
  async run(): Promise<BfmError | null> {
    const { hasher, options } = this.#context;
    await this.#ledger.read(hasher, options.runId);
    if ((await this.#endBreaker()) === 'stop') return null;
    for (;;) {
      const { ready, blocked } = this.#board.next(this.#steps.run);
      for (const { index, by } of blocked) this.#steps.end(index, { outcome: 'not_started', reason: by });
      if (ready.length === 0) return null;
      await this.#ledger.noteLeftBehind(ready);
      if (this.#isLost) return this.#held.reason;
      const result = await this.#runSeries(ready);
      const goesOn = await this.#afterSeries(ready, result);
      if (goesOn === 'lost') {
        return result.failure?.kind === 'lost' ? result.failure.error : this.#held.reason;
      }
      if (goesOn === 'stop') return null;
    }
  }

  /** Whoever asked to stop gets that, whatever else has happened. */
  get #isLost(): boolean {
    return this.#held.isLost && !this.#context.options.stop.aborted;
  }

  async #runSeries(ready: readonly number[]): Promise<SeriesResult> {
    const { options } = this.#context;
    const { run } = this.#steps;
    const result = await this.#held.session.applySeries(
      {
        steps: this.#steps.at(ready),
        commit: options.commit,
        createSchema: run.schemaToCreate,
        timeouts: {
          lockTimeoutMs: options.lockTimeoutMs,
          statementTimeoutMs: options.statementTimeoutMs,
          batchPauseMs: options.batchPauseMs,
        },
        stop: this.#held.orLost(options.stop),
        cancel: this.#held.orLost(options.cancel),
      },
      this.#steps.observe(ready),
    );
    if (result.committed > 0) run.schemaToCreate = null;
    return result;
  }

  async #afterSeries(ready: readonly number[], { failure, committed }: SeriesResult): Promise<GoesOn> {
    if (failure !== null) return this.#afterFailure(ready, failure);
    if (committed === ready.length) return 'go_on';
    if (this.#isLost) return 'lost';
    this.#steps.endRest(this.#notBegun());
    return 'stop';
  }

  async #afterFailure(ready: readonly number[], failure: SeriesFailure): Promise<GoesOn> {
    const index = ready[failure.index];
    if (index === undefined) throw new Error(`failure names step ${failure.index} of ${ready.length}`);
    const { tries } = this.#steps;
    if (failure.kind === 'lost') {
      tries.broke(index, failure);
      return 'lost';
    }
    // What was sent together with a step that failed, and behind it, never began.
    tries.takeBack(ready.slice(failure.index + 1));
    tries.settle(ready);
    tries.cut(index, failure);
    if (failure.kind === 'fenced' || failure.kind === 'cancelled') return this.#afterStop(index, failure);
    const { options } = this.#context;
    if (failure.kind === 'contended' && tries.of(index) < options.attemptsMax && !options.stop.aborted) {
      await this.#restBeforeRetry(index, failure);
      return 'go_on';
    }
    return this.#endFailed(index, failure);
  }

  /** What the loss of the lock has stopped is known not to be committed, and is no failure: it is done under the next. */
  #afterStop(index: number, failure: SeriesFailure): GoesOn {
    if (this.#isLost) {
      this.#steps.tries.takeBack([index]);
      return 'lost';
    }
    const wasAsked = this.#context.options.cancel.aborted || !this.#held.isLost;
    const error =
      failure.kind === 'fenced' || wasAsked ? failure.error : cutByLoss(failure.error, this.#held.reason);
    this.#steps.end(index, { outcome: 'failed', reason: error, durationMs: failure.durationMs });
    this.#steps.endRest(failure.kind === 'fenced' ? error : this.#notBegun());
    return 'stop';
  }

  #notBegun(): BfmError {
    return notBegunError(this.#steps.run.target, this.#context.options.stop);
  }

  async #restBeforeRetry(index: number, { error }: SeriesFailure): Promise<void> {
    const { options, random, emit } = this.#context;
    const attempt = this.#steps.tries.of(index);
    const delayMs = backoffMs(attempt, random());
    emit({ type: 'step.retrying', step: this.#steps.ref(index), attempt, delayMs, error });
    await this.#held.session.rest(delayMs, this.#held.orLost(options.stop));
  }

  /**
   * Ends a step that broke its connection again and again (it crashes the server, or ends its own session): it would go
   * on doing so. The ledger has just been read under a new fence, so it is known not to be applied.
   */
  async #endBreaker(): Promise<GoesOn> {
    for (const [index, failure] of this.#steps.tries.breakers()) {
      if (!this.#steps.run.open().includes(index)) continue;
      const error = breakerError(failure.error, BREAKS_MAX);
      return this.#endFailed(index, { ...failure, kind: 'failed', error });
    }
    return 'go_on';
  }

  async #endFailed(index: number, { kind, error, durationMs }: SeriesFailure): Promise<GoesOn> {
    await this.#ledger.noteFailure(index, error);
    const outcome = kind === 'attention' ? 'needs_attention' : 'failed';
    this.#steps.end(index, { outcome, reason: error, durationMs });
    if (this.#context.options.commit !== 'per-target') return 'go_on';
    const { run } = this.#steps;
    this.#steps.endRest(groupAborted(run, run.step(index)));
    return 'stop';
  }
}
