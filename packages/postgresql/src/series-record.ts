import { isBfmError, type BfmError, type Target } from '@bfm/core';
import type { SeriesFailure, SeriesObserver, SeriesResult, StepSeries } from '@bfm/engine';
import { classifyStatementError } from './pg-errors.ts';
import type { Blocker } from './silence/blocker.ts';
import { toStepError } from './step-error.ts';
import { stepAt } from './step-at.ts';

/** Where in a series something went wrong. */
export interface FailurePlace {
  /** The step's place in the series. */
  readonly step: number;
  /** 0-based; `null` when it was none of the file's statements. */
  readonly statement: number | null;
  readonly startedMs: number;
}

/** What a record speaks of. */
export interface SeriesRecordInit {
  readonly series: StepSeries;
  readonly observer: SeriesObserver;
  readonly target: Target;
  readonly nowMs: () => number;
  /** Whom the session waited for when that was last looked at. */
  readonly blockers: () => readonly Blocker[];
}

/** A step that is committed, but perhaps not on the disk yet. */
interface Untold {
  readonly step: number;
  readonly durationMs: number;
}

/** How a series is going: what is committed, what of that is told, and what stopped it. */
export class SeriesRecord {
  readonly #init: SeriesRecordInit;
  #untold: Untold[] = [];
  #told = 0;
  #failure: SeriesFailure | null = null;

  constructor(init: SeriesRecordInit) {
    this.#init = init;
  }

  /** What stopped the series; `null` while nothing has. */
  get failure(): SeriesFailure | null {
    return this.#failure;
  }

  /** The first committed step that nobody has heard of; `null` when all are told. */
  get firstUntold(): number | null {
    return this.#untold[0]?.step ?? null;
  }

  /** Notes steps whose transaction, which took so long, is committed. */
  committed(steps: readonly number[], durationMs: number): void {
    for (const step of steps) this.#untold.push({ step, durationMs });
  }

  /** Tells of all steps committed so far: they can no longer be lost. */
  tell(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const { step, durationMs } of untold) {
      this.#told += 1;
      this.#init.observer.stepCommitted(step, durationMs);
    }
  }

  /** The first failure is the cause; what comes after it only echoes it. */
  fail(error: unknown, at: FailurePlace): void {
    if (this.#failure !== null) return;
    const { series } = this.#init;
    // One of our own speaks of the migration; only errors of the driver can speak of the connection.
    const { text } =
      (at.statement === null ? null : stepAt(series.steps, at.step).statements[at.statement]) ?? {};
    const kind = isBfmError(error) ? 'failed' : classifyStatementError(error, text);
    const wasCancelled = kind === 'cancelled' && series.cancel.aborted;
    this.#failure = {
      index: at.step,
      durationMs: this.#init.nowMs() - at.startedMs,
      kind: kind === 'aborted' || (kind === 'cancelled' && !wasCancelled) ? 'failed' : kind,
      error: this.#toError(error, at, wasCancelled),
    };
  }

  /** The session cannot be used any further: the engine takes a new one and reads there what is committed. */
  lose(error: unknown): void {
    const step = this.firstUntold ?? this.#failure?.index ?? 0;
    const at = { step, statement: null, startedMs: this.#init.nowMs() };
    this.#failure ??= { index: step, durationMs: 0, kind: 'lost', error: this.#toError(error, at, false) };
    this.#failure = { ...this.#failure, kind: 'lost' };
  }

  /** The series as the engine hears of it. */
  toResult(): SeriesResult {
    return { committed: this.#told, failure: this.#failure };
  }

  #toError(error: unknown, { step, statement }: FailurePlace, wasCancelled: boolean): BfmError {
    const { target, blockers, series } = this.#init;
    const context = { step: stepAt(series.steps, step), target, statement, wasCancelled, left: null };
    return toStepError(error, { ...context, blockers: blockers() });
  }
}
