/** How many connections to a database there may be, and for how long; 0 means no limit where that makes sense. */
export interface PoolLimits {
  /** At most so many at once: the budget of this database, at least 1. */
  readonly connectionsMax: number;
  /** How long opening one may take, TLS and login included. */
  readonly connectTimeoutMs: number;
  /** How long to wait for one when all are busy; 0: as long as it takes. */
  readonly checkoutTimeoutMs: number;
  /** One on which a server says nothing for so long, while nothing answers on another one either, is given up. */
  readonly deadlineMs: number;
  /** One that nobody used for so long is closed. */
  readonly idleTimeoutMs: number;
  /** One as old as that is closed once nobody uses it; 0: at no age. */
  readonly lifetimeMs: number;
  /** A session of ours that the server does not hear of for so long is frozen, and ended with all that it holds. */
  readonly silenceMs: number;
}

/** What holds for a database when nobody says otherwise. */
export const DEFAULT_POOL_LIMITS: PoolLimits = {
  connectionsMax: 4,
  connectTimeoutMs: 10_000,
  checkoutTimeoutMs: 0,
  deadlineMs: 30_000,
  idleTimeoutMs: 10_000,
  lifetimeMs: 0,
  silenceMs: 30_000,
};

/** The connections of a database at one moment, and what happened to them so far. */
export interface PoolStatistics {
  readonly connectionsMax: number;
  /** Open now, busy or idle. */
  readonly open: number;
  readonly busy: number;
  readonly idle: number;
  /** How many wait for one now. */
  readonly waiting: number;
  /** How often one was taken. */
  readonly checkouts: number;
  /** How often one had to be waited for, and for how long altogether. */
  readonly waits: number;
  readonly waitedMs: number;
  /** How often the wait was given up. */
  readonly timeouts: number;
  /** How many were opened, and how often that failed. */
  readonly opened: number;
  readonly failures: number;
}
