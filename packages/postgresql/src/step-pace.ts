import type { PlanStep } from '@bfm/core';

/** Steps that took no longer than this are not worth an answer of their own in between. */
const QUICK_MS = 20;

/**
 * Remembers which steps were quick on the last target they ran on. Each answer that the server sends by itself costs
 * both sides a system call and a change of process, a tenth of what a small migration takes.
 */
export class StepPace {
  readonly #quick = new WeakSet<PlanStep>();

  /** Tells whether the step was quick where it ran last; false for one that never ran. */
  wasQuick(step: PlanStep): boolean {
    return this.#quick.has(step);
  }

  /**
   * Notes how long these steps took together.
   *
   * @returns whether that was quick
   */
  note(steps: readonly PlanStep[], tookMs: number): boolean {
    const isQuick = tookMs <= QUICK_MS * steps.length;
    for (const step of steps) {
      if (isQuick) this.#quick.add(step);
      else this.#quick.delete(step);
    }
    return isQuick;
  }

  /** Has these steps be unknown again: one of them broke a connection, and the next time it must be known which. */
  forget(steps: readonly PlanStep[]): void {
    for (const step of steps) this.#quick.delete(step);
  }
}
