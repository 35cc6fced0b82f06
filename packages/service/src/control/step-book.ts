import type { RunSummary } from '@bfm/core';
import type { StoredStep } from '@bfm/engine';

type Outcome = StoredStep['outcome'];

const OUTCOMES: readonly Outcome[] = [
  'not_started',
  'applied',
  'rolled_back',
  'skipped',
  'failed',
  'needs_attention',
];

/** How the steps of a run stand, over all of its attempts: a byte for each. */
export class StepBook {
  readonly #outcomes: Uint8Array;

  constructor(steps: number) {
    this.#outcomes = new Uint8Array(steps);
  }

  /** @param position 1-based */
  set(position: number, outcome: Outcome): void {
    this.#outcomes[position - 1] = OUTCOMES.indexOf(outcome);
  }

  /** `not_started` for what was never heard of. */
  at(position: number): Outcome {
    return OUTCOMES[this.#outcomes[position - 1] ?? 0] ?? 'not_started';
  }

  summary(): RunSummary {
    const counts = {
      applied: 0,
      rolled_back: 0,
      skipped: 0,
      failed: 0,
      not_started: 0,
      needs_attention: 0,
    };
    for (const code of this.#outcomes) counts[OUTCOMES[code] ?? 'not_started'] += 1;
    return counts;
  }
}
