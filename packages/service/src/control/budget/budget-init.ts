import type { Clock, StateStore } from '@bfm/engine';

/** Who shares budgets with whom. */
export interface BudgetInit {
  /** Unique to this process. */
  readonly worker: string;
  /** How long the slots of a process that is gone stay taken, in milliseconds. */
  readonly leaseMs: number;
  readonly state: Pick<StateStore, 'note'>;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
}
