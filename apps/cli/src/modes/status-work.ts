import type { Fault, PlanRequest } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import type { Selecting } from './selecting.ts';

/** How targets stand, and what is wrong with the scripts that are pending in them. */
export interface Statuses {
  readonly targets: readonly TargetStatus[];
  readonly faults: readonly Fault[];
}

/** What tells how targets stand. */
export interface StatusWork extends Selecting {
  /** A store that cannot be reached is an answer. */
  readonly readStatus: (request: PlanRequest) => Promise<Statuses>;
}
