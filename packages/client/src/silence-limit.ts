import type { ClientPlatform } from './platform.ts';

/** Aborts when nothing was heard for so long: a connection that died without a word looks like one that is quiet. */
export class SilenceLimit implements Disposable {
  readonly #platform: ClientPlatform;
  readonly #limitMs: number;
  readonly #over = new AbortController();
  readonly #done = new AbortController();
  #heardAtMs: number;

  constructor(platform: ClientPlatform, limitMs: number) {
    this.#platform = platform;
    this.#limitMs = limitMs;
    this.#heardAtMs = platform.nowMs();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** From now on silence counts. */
  begin(): void {
    this.heard();
    void this.#watch();
  }

  /** Something was heard. */
  heard(): void {
    this.#heardAtMs = this.#platform.nowMs();
  }

  [Symbol.dispose](): void {
    this.#done.abort();
  }

  async #watch(): Promise<void> {
    for (;;) {
      const leftMs = this.#heardAtMs + this.#limitMs - this.#platform.nowMs();
      if (leftMs <= 0) {
        this.#over.abort(new Error('nothing was heard for too long'));
        return;
      }
      await this.#platform.sleep(leftMs, this.#done.signal);
      if (this.#done.signal.aborted) return;
    }
  }
}
