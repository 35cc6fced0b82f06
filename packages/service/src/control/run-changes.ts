import type { Clock } from '@bfm/engine';

/** How long news of other processes may take, in milliseconds: nobody tells of them. */
const LOOK_MS = 500;

/** Tells whoever follows a run in this process that there is something new; what other processes do is looked for besides. */
export class RunChanges {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something of the run is new in the state. */
  tell(runId: string): void {
    for (const wake of this.#waiting.get(runId) ?? []) wake();
  }

  /** Resolves when it is time to look at the run again, or the signal is aborted. */
  async next(runId: string, signal: AbortSignal): Promise<void> {
    const told = new AbortController();
    const wake = (): void => {
      told.abort();
    };
    const others = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, others.add(wake));
    try {
      await this.#clock.sleep(LOOK_MS, AbortSignal.any([signal, told.signal]));
    } finally {
      others.delete(wake);
      if (others.size === 0) this.#waiting.delete(runId);
    }
  }
}
