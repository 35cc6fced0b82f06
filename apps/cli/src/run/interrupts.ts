const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** 128 + SIGINT, as shells have it. */
const EXIT_AT_ONCE = 130;

const ASKED_TO_STOP = 'Stopping when the running migrations are done; once more cancels them.';
const ASKED_TO_CANCEL = 'Cancelling the running statements; once more ends at once.';

/**
 * Turns Ctrl-C and SIGTERM into the two ways a run can end early: the first stops it between migrations, the second
 * cancels what is running, the third ends the process. From construction to disposal.
 */
export class Interrupts implements Disposable {
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  readonly #say: (line: string) => void;
  readonly #listener = (): void => {
    this.#interrupt();
  };

  /** @param say tells people what happens now */
  constructor(say: (line: string) => void) {
    this.#say = say;
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** Aborted by the first signal. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted by the second signal. */
  get cancel(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Gives the signals back. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }

  #interrupt(): void {
    if (!this.#stop.signal.aborted) {
      this.#say(ASKED_TO_STOP);
      this.#stop.abort();
    } else if (!this.#cancel.signal.aborted) {
      this.#say(ASKED_TO_CANCEL);
      this.#cancel.abort();
    } else {
      process.exit(EXIT_AT_ONCE);
    }
  }
}
