import type { Clock } from '@bfm/engine';

/** A clock on which sleeping takes no time but is remembered. */
export class TestClock implements Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly slept: number[] = [];
  #nowMs = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#nowMs += ms;
    // Whoever is slept for must get a turn.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
