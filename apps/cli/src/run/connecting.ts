import type { Clock } from '@bfm/engine';

/** Sooner than this nobody wonders. */
const TOLD_AFTER_MS = 1_500;

/** Knows which connections are waited for, and says so of those that take long. */
export class Connecting {
  readonly #say: (address: string) => void;
  readonly #told = new Set<string>();
  readonly #waited = new Map<Promise<unknown>, string>();
  #isAnswered = false;

  /** @param say tells people that an address is being connected to; each once */
  constructor(say: (address: string) => void) {
    this.#say = say;
  }

  /** A connection that was waited for is there: commands have begun to work. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Where a connection is waited for now; `null`: nowhere. */
  get address(): string | null {
    return this.#waited.values().next().value ?? null;
  }

  /** A connection to this address is waited for, until the promise ends. */
  watch(address: string, connecting: Promise<unknown>, clock: Pick<Clock, 'sleep'>): void {
    const over = new AbortController();
    this.#waited.set(connecting, address);
    const end = (): void => {
      this.#waited.delete(connecting);
      over.abort();
    };
    connecting.then(() => {
      this.#isAnswered = true;
      end();
    }, end);
    void this.#tellWhenLate(address, over.signal, clock);
  }

  async #tellWhenLate(address: string, over: AbortSignal, { sleep }: Pick<Clock, 'sleep'>): Promise<void> {
    await sleep(TOLD_AFTER_MS, over);
    if (over.aborted || this.#told.has(address)) return;
    this.#told.add(address);
    this.#say(address);
  }
}
