import type { Clock } from '@bfm/engine';

/** What every provider needs besides its own address. */
export interface LockSurroundings {
  /** How long a lease lasts that nobody renews, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: Clock;
}
