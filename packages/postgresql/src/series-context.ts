import type { Failpoints, Target } from '@bfm/core';
import type { FenceHold } from './ledger-writes.ts';
import type { PooledClient } from './pool.ts';
import type { StepPace } from './step-pace.ts';

/** What a series runs on. */
export interface SeriesContext {
  readonly client: PooledClient;
  readonly target: Target;
  readonly hold: FenceHold;
  readonly nowMs: () => number;
  readonly pace: StepPace;
  readonly failpoints: Failpoints;
  /** Whose the session is: ours until the target is given back, or lent by a pooler for one transaction at a time. */
  readonly session: 'own' | 'lent';
  /** The server ends the session when it does not hear of it for so long; `null`: it does not. */
  readonly silenceMs: number | null;
  /** The same for a transaction of a session that is lent. */
  readonly transactionSilenceMs: number;
}
