import {
  type BfmError,
  formatPlace,
  isBfmError,
  isInTarget,
  type ErrorCode,
  type MigrationId,
  type PlanStep,
} from '@bfm/core';
import { sharedLedgerBasis } from '../plan/ledger-basis.ts';
import type { SeriesFailure, SeriesObserver, SeriesResult, TargetSession } from '../ports/target-session.ts';
import { backoffMs } from './backoff.ts';
import type { DependencyBoard } from './dependency-board.ts';
import type { HeldTarget } from './held-target.ts';
import { cancelledError, openTarget } from './open-target.ts';
import type { RunContext } from './run-options.ts';
import type { StoreBreakers } from './store-breakers.ts';
import type { StepEnd } from './step-ends.ts';
import { breakerError, groupAborted, staleError, toBfmError, unknownError } from './target-errors.ts';
import type { TargetRun } from './target-run.ts';

/** Times a target is taken again after its connection broke: with the pauses between, some twenty seconds. */
const REOPEN_MAX = 7;

/** What a place says that cannot be asked at the moment. */
const AWAY: ReadonlySet<ErrorCode> = new Set(['target.unreachable', 'lock.unreachable']);

/** So often one step may break its connection before it is taken for the cause. */
const BREAKS_MAX = 3;

/** What the runners of one run share. */
export interface RunnerContext extends RunContext {
  readonly breakers: StoreBreakers;
}

/** Carries one target as far as it can go now: until its steps have ended or wait for another target. */
export class TargetRunner {
  readonly #run: TargetRun;
  readonly #board: DependencyBoard;
  readonly #context: RunnerContext;
  readonly #attempts = new Map<number, number>();
  readonly #noted = new Set<MigrationId>();
  readonly #breaks = new Map<number, SeriesFailure[]>();

  constructor(run: TargetRun, board: DependencyBoard, context: RunnerContext) {
    this.#run = run;
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
        this.#context.emit({ type: 'target.lost', target: this.#run.target, error: again });
      } catch (error) {
        const typed = toBfmError(error);
        // A server that restarts is away for a moment; the first time it is not there, it is simply not there.
        if (lost === null || !AWAY.has(typed.code)) {
          this.#endAfter(lost, typed);
          return;
        }
        last = typed;
      }
      // Nothing answered for a whole deadline, on another connection either: one more try is enough.
      if (lost.details['unanswered'] === true && last !== lost) break;
      const { clock, options, random } = this.#context;
      await clock.sleep(backoffMs(reopened + 1, random()), options.stop);
    }
    if (last !== null) this.#endAfter(lost, last);
  }

  /** Ends what is left. Steps that were under way when the connection broke may be committed: nobody could look. */
  #endAfter(lost: BfmError | null, error: BfmError): void {
    for (const index of lost === null ? [] : this.#run.open()) {
      if (!this.#attempts.has(index)) continue;
      this.#end(index, { outcome: 'needs_attention', reason: unknownError(this.#run, index, error) });
    }
    this.#endRest(error);
  }

  /** One session's worth of work; gives back why when the connection or the target's lock was lost. */
  async #advanceOnce(isRetry: boolean): Promise<BfmError | null> {
    const { target } = this.#run;
    const store = this.#context.stores.get(target.connection);
    if (store === undefined) throw new Error(`no store for connection ${target.connection}`);
    // After an attempt it matters which run has written a row.
    const mayShare = this.#attempts.size === 0;
    const { breakers } = this.#context;
    // Whoever has begun something there goes on asking.
    const whyNot = isRetry ? null : breakers.whyNot(store);
    if (whyNot !== null) throw whyNot;
    await using held = await openTarget({ target, store, mayShare }, this.#context).catch(
      (error: unknown) => {
        if (isBfmError(error) && error.code === 'target.unreachable') breakers.missed(store, error);
        throw error;
      },
    );
    breakers.reached(store);
    this.#context.emit({ type: 'target.started', target, fencingToken: held.session.fencingToken });
    try {
      return await this.#work(held);
    } catch (error) {
      const typed = toBfmError(error);
      if (held.isLost) return held.reason;
      if (typed.code === 'target.unreachable') return typed;
      throw error;
    }
  }

  async #work(held: HeldTarget): Promise<BfmError | null> {
    const { session } = held;
    this.#checkBasis(session);
    await this.#skipWhatIsThere(session);
    if ((await this.#endBreaker(session)) === 'stop') return null;
    for (;;) {
      const { ready, blocked } = this.#board.next(this.#run);
      for (const { index, by } of blocked) this.#end(index, { outcome: 'not_started', reason: by });
      if (ready.length === 0) return null;
      await this.#noteLeftBehind(session, ready);
      if (this.#isLost(held)) return held.reason;
      const result = await this.#runSeries(held, ready);
      const goesOn = await this.#afterSeries(held, ready, result);
      if (goesOn === 'lost') return result.failure?.kind === 'lost' ? result.failure.error : held.reason;
      if (goesOn === 'stop') return null;
    }
  }

  async #afterSeries(
    held: HeldTarget,
    ready: readonly number[],
    { failure, committed }: SeriesResult,
  ): Promise<'go_on' | 'stop' | 'lost'> {
    if (failure !== null) {
      return this.#endedByLoss(held, ready, failure) ? 'lost' : this.#handleFailure(held, ready, failure);
    }
    if (committed === ready.length) return 'go_on';
    if (this.#isLost(held)) return 'lost';
    this.#endRest(cancelledError(this.#run.target));
    return 'stop';
  }

  /** Whoever asked to stop gets that, whatever else has happened. */
  #isLost(held: HeldTarget): boolean {
    return held.isLost && !this.#context.options.stop.aborted;
  }

  /** What the loss of the lock has stopped is known not to be committed, and is no failure: it is done under the next. */
  #endedByLoss(held: HeldTarget, ready: readonly number[], { kind, index }: SeriesFailure): boolean {
    if ((kind !== 'cancelled' && kind !== 'fenced') || !this.#isLost(held)) return false;
    for (const undone of ready.slice(index)) this.#attempts.delete(undone);
    return true;
  }

  async #runSeries(held: HeldTarget, ready: readonly number[]): Promise<SeriesResult> {
    const { options } = this.#context;
    const result = await held.session.applySeries(
      {
        steps: ready.map((index) => this.#run.step(index)),
        commit: options.commit,
        createSchema: this.#run.schemaToCreate,
        timeouts: {
          lockTimeoutMs: options.lockTimeoutMs,
          statementTimeoutMs: options.statementTimeoutMs,
          batchPauseMs: options.batchPauseMs,
        },
        stop: held.orLost(options.stop),
        cancel: held.orLost(options.cancel),
      },
      this.#observe(ready),
    );
    if (result.committed > 0) this.#run.schemaToCreate = null;
    return result;
  }

  /** What was sent together with a step that failed, and behind it, never began. */
  #takeBackAttempts(ready: readonly number[], failure: SeriesFailure): void {
    for (const index of ready.slice(failure.index + 1)) this.#attempts.delete(index);
  }

  async #handleFailure(
    held: HeldTarget,
    ready: readonly number[],
    failure: SeriesFailure,
  ): Promise<'go_on' | 'stop' | 'lost'> {
    const index = ready[failure.index];
    if (index === undefined) throw new Error(`failure names step ${failure.index} of ${ready.length}`);
    const attempts = this.#attempts.get(index) ?? 1;
    const { options, random, emit } = this.#context;
    if (failure.kind === 'lost') {
      this.#breaks.set(index, [...(this.#breaks.get(index) ?? []), failure]);
      return 'lost';
    }
    this.#takeBackAttempts(ready, failure);
    if (failure.kind === 'contended' && attempts < options.attemptsMax && !options.stop.aborted) {
      const delayMs = backoffMs(attempts, random());
      emit({
        type: 'step.retrying',
        step: this.#ref(index),
        attempt: attempts,
        delayMs,
        error: failure.error,
      });
      await held.session.rest(delayMs, held.orLost(options.stop));
      return 'go_on';
    }
    if (failure.kind === 'fenced' || failure.kind === 'cancelled') {
      this.#end(index, { outcome: 'failed', reason: failure.error, durationMs: failure.durationMs });
      this.#endRest(failure.error);
      return 'stop';
    }
    return this.#endFailed(held.session, index, failure);
  }

  /**
   * Ends a step that broke its connection again and again (it crashes the server, or ends its own session): it would go
   * on doing so. The ledger has just been read under a new fence, so it is known not to be applied.
   */
  async #endBreaker(session: TargetSession): Promise<'go_on' | 'stop'> {
    for (const [index, failures] of this.#breaks) {
      const last = failures[BREAKS_MAX - 1];
      if (last === undefined || !this.#run.open().includes(index)) continue;
      return this.#endFailed(session, index, {
        ...last,
        kind: 'failed',
        error: breakerError(last.error, BREAKS_MAX),
      });
    }
    return 'go_on';
  }

  async #endFailed(
    session: TargetSession,
    index: number,
    { kind, error, durationMs }: SeriesFailure,
  ): Promise<'go_on' | 'stop'> {
    await this.#noteFailure(session, index, error);
    this.#end(index, { outcome: endOutcome(kind), reason: error, durationMs });
    if (this.#context.options.commit === 'per-target') {
      this.#endRest(groupAborted(this.#run, this.#run.step(index)));
      return 'stop';
    }
    return 'go_on';
  }

  async #noteFailure(session: TargetSession, index: number, error: BfmError): Promise<void> {
    const { migrationId, direction } = this.#run.step(index);
    if (direction !== 'up') return;
    const place = formatPlace(error.details.where ?? {});
    const text = place === '' ? error.message : `${error.message} (${place})`;
    await session.note([{ migrationId, status: 'failed', error: text }]);
  }

  /**
   * Remembers what stays pending before the first of `ready`, so that it is never taken for out of order: what the
   * plan passes over, and steps whose dependencies were not done. Written before anything later is applied.
   */
  async #noteLeftBehind(session: TargetSession, ready: readonly number[]): Promise<void> {
    const { group } = this.#run;
    const last = ready.at(-1) ?? 0;
    const blocked = group.steps
      .slice(0, last)
      .filter(
        ({ migrationId, direction }) =>
          direction === 'up' && this.#run.outcomeOf(migrationId) === 'not_started',
      )
      .map(({ migrationId }) => migrationId);
    const notes = [...group.deferred, ...blocked]
      .filter((migrationId) => !session.entries.has(migrationId) && !this.#noted.has(migrationId))
      .map((migrationId) => ({ migrationId, status: 'deferred' as const, error: null }));
    if (notes.length === 0) return;
    await session.note(notes);
    for (const { migrationId } of notes) this.#noted.add(migrationId);
  }

  #checkBasis(session: TargetSession): void {
    const { group, target } = this.#run;
    if (sharedLedgerBasis(session.entries, group, this.#context.hasher) === group.basis) return;
    throw staleError(target, 'its ledger changed after the plan was made');
  }

  /** Another run may have done some of this between plan and lock; a lost commit of our own counts as ours. */
  async #skipWhatIsThere(session: TargetSession): Promise<void> {
    let isSettled = false;
    for (const index of this.#run.open()) {
      const step = this.#run.step(index);
      const entry = session.entries.get(step.migrationId);
      // What is partly undone is still to be undone.
      const isThere = entry !== undefined && isInTarget(entry.status);
      if (isThere !== (step.direction === 'up')) continue;
      if (isThere && entry.checksum !== step.checksum) {
        throw staleError(this.#run.target, `${step.migrationId} was applied with other contents meanwhile`);
      }
      if (!isSettled) await session.settle();
      isSettled = true;
      const ours = entry?.runId === this.#context.options.runId && this.#attempts.has(index);
      this.#end(index, { outcome: ours ? doneOutcome(step) : 'skipped', reason: null });
    }
  }

  #observe(ready: readonly number[]): SeriesObserver {
    const { emit } = this.#context;
    const at = (position: number): number => ready[position] ?? 0;
    return {
      stepSent: (position) => {
        const index = at(position);
        this.#attempts.set(index, (this.#attempts.get(index) ?? 0) + 1);
      },
      stepStarted: (position) => {
        const index = at(position);
        const attempt = this.#attempts.get(index) ?? 1;
        const statements = this.#run.step(index).statements.length;
        emit({ type: 'step.started', step: this.#ref(index), statements, attempt });
      },
      statementFinished: (position, report) => {
        emit({ type: 'statement.finished', step: this.#ref(at(position)), ...report });
      },
      statementProgress: (position, statement, progress) => {
        emit({ type: 'statement.progress', step: this.#ref(at(position)), statement, progress });
      },
      notice: (position, severity, message) => {
        emit({ type: 'notice', step: this.#ref(at(position)), severity, message });
      },
      stepCommitted: (position, durationMs) => {
        const index = at(position);
        this.#end(index, { outcome: doneOutcome(this.#run.step(index)), reason: null, durationMs });
      },
    };
  }

  #ref(index: number): { target: TargetRun['target']; migrationId: MigrationId; direction: 'up' | 'down' } {
    const { migrationId, direction } = this.#run.step(index);
    return { target: this.#run.target, migrationId, direction };
  }

  #end(index: number, end: Pick<StepEnd, 'outcome' | 'reason'> & { durationMs?: number }): void {
    const attempts = this.#attempts.get(index) ?? 0;
    const result = this.#run.end(index, { durationMs: 0, attempts, ...end });
    this.#context.emit({ type: 'step.finished', result });
  }

  #endRest(error: BfmError): null {
    for (const index of this.#run.open()) this.#end(index, { outcome: 'not_started', reason: error });
    return null;
  }
}

function doneOutcome(step: PlanStep): 'applied' | 'rolled_back' {
  return step.direction === 'up' ? 'applied' : 'rolled_back';
}

function endOutcome(kind: SeriesFailure['kind']): 'needs_attention' | 'failed' {
  return kind === 'attention' ? 'needs_attention' : 'failed';
}
