/** What asks a process to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** 128 + SIGINT, as shells have it. */
const EXIT_AT_ONCE = 130;

const ASKED_TO_STOP = 'Stopping when the running migrations are done; once more cancels them.';
const ASKED_TO_CANCEL = 'Cancelling the running statements; once more ends at once.';

/** What is said of signals, and how patient they are. */
export interface InterruptsInit {
  /** Tells people what happens now. */
  readonly say: (line: string) => void;
  /**
   * How long after SIGTERM, which nobody may follow up before the end, what is running is cancelled, in milliseconds;
   * `null`: it is left to end.
   */
  readonly graceMs: number | null;
}

/**
 * Turns Ctrl-C, SIGTERM and the end of a terminal (SIGHUP) into the two ways a run can end early: the first stops it between migrations, the second
 * cancels what is running, the third ends the process. From construction to disposal.
 */
export class Interrupts implements Disposable {
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  readonly #init: InterruptsInit;
  #grace: NodeJS.Timeout | null = null;
  readonly #listener = (signal: NodeJS.Signals): void => {
    this.#interrupt(signal);
  };

  constructor(init: InterruptsInit) {
    this.#init = init;
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
    if (this.#grace !== null) clearTimeout(this.#grace);
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }

  #interrupt(signal: NodeJS.Signals): void {
    if (this.#cancel.signal.aborted) process.exit(EXIT_AT_ONCE);
    if (this.#stop.signal.aborted) {
      this.#cancelNow(ASKED_TO_CANCEL);
      return;
    }
    const graceMs = signal === 'SIGTERM' ? this.#init.graceMs : null;
    this.#init.say(graceMs === null ? ASKED_TO_STOP : askedToStopWithin(graceMs));
    this.#stop.abort();
    if (graceMs === null) return;
    this.#grace = setTimeout(() => {
      if (!this.#cancel.signal.aborted) this.#cancelNow(graceIsOver(graceMs));
    }, graceMs);
  }

  #cancelNow(said: string): void {
    this.#init.say(said);
    this.#cancel.abort();
  }
}

function askedToStopWithin(graceMs: number): string {
  return `Stopping when the running migrations are done; what still runs in ${graceMs / 1_000} s is cancelled (BFM_STOP_GRACE), once more cancels it now.`;
}

function graceIsOver(graceMs: number): string {
  return `Cancelling the running statements: ${graceMs / 1_000} s are over since SIGTERM.`;
}
