import type { Plan, PlanDigest, PlanRequest, RunResult } from '@bfm/core';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import type { RunDisplay } from '../run/run-display.ts';
import type { Selecting } from './selecting.ts';

/** What plans. */
export interface PlanWork extends Selecting {
  /** The folder of migrations, as it was given; `null`: it is a server's. */
  readonly sfm: string | null;
  readonly plan: (request: PlanRequest) => Promise<Plan>;
}

/** A run that has ended, or one that was left to a server. */
export type CarriedOut =
  | { readonly kind: 'ended'; readonly result: RunResult }
  | { readonly kind: 'left'; readonly runId: string; readonly why: 'detached' | 'interrupted' };

/** A plan that is to be carried out, and how. */
export interface Order {
  readonly plan: Plan;
  readonly options: ApplyCommandOptions;
  /** Hears of what happens. */
  readonly display: RunDisplay;
  /** Tells people something beside it. */
  readonly note: (line: string) => void;
}

/** What carries plans out. */
export interface RunWork extends PlanWork {
  /** Plans again what a saved plan asked for. @throws {plan.stale} unless the same comes out */
  readonly replan: (request: PlanRequest, digest: PlanDigest) => Promise<Plan>;
  /** What carrying a plan out would give: every step `planned`. */
  readonly dryRun: (plan: Plan) => RunResult;
  /** Gets ready; while it has not, nothing has begun that would have to be stopped with care. */
  readonly prepare: () => Promise<void>;
  readonly carryOut: (order: Order) => Promise<CarriedOut>;
}
