import type { PlanDigest, PlanRequest } from '@bfm/core';
import type { ApplyOptions } from '../apply-plan.ts';

/** How every run is carried out when its caller does not say otherwise. */
export type RunDefaults = Omit<ApplyOptions, 'stop' | 'cancel'>;

/** What a caller decides of that; what is missing is as the server has it. JSON keeps it as it is. */
export type RunOrderOptions = Partial<RunDefaults>;

/** A request that may be a repetition of one that came before. */
export interface OrderKey {
  /** Keys of different routes are different keys. */
  readonly route: string;
  /** 1 to 255 bytes. */
  readonly key: string;
  /** SHA-256 of the request in lower-case hex. */
  readonly requestHash: string;
}

/** A run that somebody wants. */
export interface RunOrder {
  readonly request: PlanRequest;
  readonly options: RunOrderOptions;
  /** Of a plan that was looked at: only this one is run. `null`: whatever is planned now. */
  readonly digest: PlanDigest | null;
  readonly idempotency: OrderKey | null;
}
