import type { BfmError, StepDependency, StepOutcome } from '@bfm/core';

/** How one step ended, apart from which step it was. */
export interface StepEnd {
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  readonly attempts: number;
  /** Why; for a step that another one blocks, which one that is. */
  readonly reason: BfmError | StepDependency | null;
}

const OUTCOMES: readonly StepOutcome[] = [
  'applied',
  'rolled_back',
  'skipped',
  'failed',
  'not_started',
  'needs_attention',
];

/**
 * How the steps of many targets ended, in a few bytes each: most of the memory of a run over thousands of targets would
 * be objects that say "applied".
 */
export class StepEnds {
  /** 0: has not ended; else one more than the place in {@link OUTCOMES}. */
  readonly #outcomes: Uint8Array;
  readonly #durations: Float32Array;
  readonly #attempts: Uint16Array;
  readonly #reasons = new Map<number, BfmError | StepDependency>();

  constructor(steps: number) {
    this.#outcomes = new Uint8Array(steps);
    this.#durations = new Float32Array(steps);
    this.#attempts = new Uint16Array(steps);
  }

  /** How the step at a place ended; `undefined` while it has not. */
  at(place: number): StepEnd | undefined {
    const outcome = this.outcomeAt(place);
    if (outcome === undefined) return undefined;
    return {
      outcome,
      durationMs: this.#durations[place] ?? 0,
      attempts: this.#attempts[place] ?? 0,
      reason: this.#reasons.get(place) ?? null,
    };
  }

  /** The outcome alone. */
  outcomeAt(place: number): StepOutcome | undefined {
    return OUTCOMES[(this.#outcomes[place] ?? 0) - 1];
  }

  /** Records how the step at a place ended. */
  set(place: number, { outcome, durationMs, attempts, reason }: StepEnd): void {
    this.#outcomes[place] = OUTCOMES.indexOf(outcome) + 1;
    this.#durations[place] = durationMs;
    this.#attempts[place] = attempts;
    if (reason === null) this.#reasons.delete(place);
    else this.#reasons.set(place, reason);
  }
}
