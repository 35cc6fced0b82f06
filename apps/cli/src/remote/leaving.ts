import { SIGNALS } from '../run/interrupts.ts';

/** 128 + SIGINT, as shells have it. */
const EXIT_AT_ONCE = 130;

/**
 * Turns the first Ctrl-C, SIGTERM or end of a terminal into leaving a run to its server, which goes on with it; a second one ends the
 * process at once. From construction to disposal.
 */
export class Leaving implements Disposable {
  readonly #left = new AbortController();
  readonly #listener = (): void => {
    if (this.#left.signal.aborted) process.exit(EXIT_AT_ONCE);
    this.#left.abort();
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#left.signal;
  }

  /** Gives the signals back. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}
