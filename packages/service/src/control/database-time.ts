import type { Clock } from '@bfm/engine';

/** The time of the state's database, as it goes on by this process's monotonic clock: the wall clock here may be wrong. */
export class DatabaseTime {
  readonly #clock: Clock;
  readonly #aheadMs: number;

  /** @param epochMs what time it is there now, in milliseconds since 1970 */
  constructor(epochMs: number, clock: Clock) {
    this.#clock = clock;
    this.#aheadMs = epochMs - clock.monotonicMs();
  }

  /** RFC 3339, UTC. */
  now(): string {
    return new Date(this.#aheadMs + this.#clock.monotonicMs()).toISOString();
  }
}
