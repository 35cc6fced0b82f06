import type { SeriesFailure } from '../ports/target-session.ts';

/** So often one step may break its connection before it is taken for the cause. */
export const BREAKS_MAX = 3;

/** What is known of the tries of one target's steps that have not ended, by their indices in the group. */
export class StepTries {
  readonly #counts = new Map<number, number>();
  readonly #sentMs = new Map<number, number>();
  readonly #inDoubt = new Set<number>();
  readonly #cut = new Map<number, SeriesFailure>();
  readonly #breaks = new Map<number, SeriesFailure[]>();

  /** Whether any step was ever tried. */
  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Tries of a step so far. */
  of(index: number): number {
    return this.#counts.get(index) ?? 0;
  }

  /** When the last try was sent, by the clock that gave the time; `undefined`: there was none. */
  sentAt(index: number): number | undefined {
    return this.#sentMs.get(index);
  }

  /** The step is on its way: until more is heard, it may be done. */
  sent(index: number, nowMs: number): void {
    this.#counts.set(index, this.of(index) + 1);
    this.#sentMs.set(index, nowMs);
    this.#inDoubt.add(index);
  }

  /** These are known to be done, or known not to be committed. */
  settle(indices: Iterable<number>): void {
    for (const index of indices) this.#inDoubt.delete(index);
  }

  /** These never began, or are done anew as if they had not. */
  takeBack(indices: Iterable<number>): void {
    for (const index of indices) {
      this.#counts.delete(index);
      this.#inDoubt.delete(index);
    }
  }

  /** Whether the connection broke while the step was under way, and nobody could look since. */
  isInDoubt(index: number): boolean {
    return this.#inDoubt.has(index);
  }

  /** Whether that is so for any step. */
  get hasDoubts(): boolean {
    return this.#inDoubt.size > 0;
  }

  /** The step was stopped; what it has left behind, if anything, is to be told if it is not gone on with. */
  cut(index: number, failure: SeriesFailure): void {
    if (failure.error.details['left'] !== undefined) this.#cut.set(index, failure);
  }

  /** How the step was stopped on its way; `undefined` when nothing of it is there. */
  cutAt(index: number): SeriesFailure | undefined {
    return this.#cut.get(index);
  }

  /** The step broke its connection. */
  broke(index: number, failure: SeriesFailure): void {
    this.#breaks.set(index, [...(this.#breaks.get(index) ?? []), failure]);
  }

  /** Steps that have broken so many connections that they are taken for the cause, with the failure that was one too many. */
  breakers(): readonly (readonly [index: number, failure: SeriesFailure])[] {
    return [...this.#breaks].flatMap(([index, failures]) => {
      const last = failures[BREAKS_MAX - 1];
      return last === undefined ? [] : [[index, last] as const];
    });
  }
}
