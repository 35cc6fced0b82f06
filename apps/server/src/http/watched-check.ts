import { isBfmError } from '@bfm/core';
import type { HealthCheck } from './health-check.ts';

/** How a check is watched. */
export interface Watch {
  /** After how long nobody waits for its answer any more. */
  readonly timeoutMs: number;
  /** How long after a good answer one that is late means only that something is slow. */
  readonly patienceMs: number;
  readonly nowMs: () => number;
}

/** What a late answer is called while the last good one is recent. */
export const SLOW = 'slow';

/**
 * A check of which only one is under way at a time: asking again and again would keep busy what is slow already. Slow is not
 * away: every server of a slow state that said it was would be taken out of work at once.
 */
export class WatchedCheck {
  readonly #check: HealthCheck;
  readonly #watch: Watch;
  #running: Promise<string> | null = null;
  #goodAtMs = -Infinity;

  constructor(check: HealthCheck, watch: Watch) {
    this.#check = check;
    this.#watch = watch;
  }

  /** `ok`, `slow`, what the check itself says, or what is wrong in general words. Never rejects. */
  async word(): Promise<string> {
    const { timeoutMs, patienceMs, nowMs } = this.#watch;
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      late.resolve(nowMs() - this.#goodAtMs < patienceMs ? SLOW : 'does not answer');
    }, timeoutMs);
    const word = await Promise.race([(this.#running ??= this.#run()), late.promise]);
    clearTimeout(timer);
    return word;
  }

  async #run(): Promise<string> {
    try {
      const said = await this.#check();
      this.#goodAtMs = this.#watch.nowMs();
      return typeof said === 'string' ? said : 'ok';
    } catch (error) {
      this.#goodAtMs = -Infinity;
      return isBfmError(error) ? error.spec.title : 'failed';
    } finally {
      this.#running = null;
    }
  }
}
