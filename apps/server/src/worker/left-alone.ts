/** How long a run is left alone the first time, and at most; twice as long each time in between. In milliseconds. */
const FIRST_MS = 5_000;
const MOST_MS = 300_000;

/**
 * Runs with which something goes wrong that has nothing to do with what they do: the state refuses a change, or BFM has a
 * bug. Each is left alone for a growing while, so that it keeps no other waiting and fills no log.
 */
export class LeftAlone {
  readonly #nowMs: () => number;
  readonly #runs = new Map<string, { readonly untilMs: number; readonly pauseMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Leaves a run alone; longer than the last time. */
  add(runId: string): void {
    const pauseMs = Math.min((this.#runs.get(runId)?.pauseMs ?? FIRST_MS / 2) * 2, MOST_MS);
    this.#runs.set(runId, { pauseMs, untilMs: this.#nowMs() + pauseMs });
  }

  /** Tells whether a run is to be left alone now. */
  has(runId: string): boolean {
    return (this.#runs.get(runId)?.untilMs ?? 0) > this.#nowMs();
  }

  /** All went well with it. */
  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  /** How many there may be. */
  get size(): number {
    return this.#runs.size;
  }
}
