import type { PageOrder, Run, RunFilter, RunHead, RunPage } from '@bfm/client';
import type { Plan, RunResult } from '@bfm/core';
import type { Order } from './plan-work.ts';

/** A run, and what became of its steps so far. */
export interface ShownRun {
  readonly run: Run;
  readonly plan: Plan;
  /** Steps that have not ended are `not_started`. */
  readonly result: RunResult;
}

/** What keeps runs. */
export interface RunsWork {
  readonly list: (wanted: RunFilter & PageOrder) => Promise<RunPage>;
  readonly show: (id: string) => Promise<ShownRun>;
  readonly planOf: (id: string) => Promise<Plan>;
  /** Follows one. @returns whether it has ended; else somebody has seen enough */
  readonly watch: (id: string, order: Pick<Order, 'plan' | 'display'>) => Promise<boolean>;
  readonly cancel: (id: string) => Promise<RunHead>;
  readonly pause: (id: string) => Promise<RunHead>;
  readonly resume: (id: string) => Promise<RunHead>;
  readonly retry: (id: string) => Promise<RunHead>;
}
