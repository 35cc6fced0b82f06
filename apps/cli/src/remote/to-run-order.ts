import type { RunOrder } from '@bfm/client';
import type { Plan } from '@bfm/core';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { toPlanOrder } from './to-plan-order.ts';

/** Has exactly a plan that was looked at run; what no option says is as the server has it. */
export function toRunOrder({ request, digest }: Plan, options: ApplyCommandOptions): RunOrder {
  const all = {
    concurrency: options.concurrency,
    max_failures: options.failFast === true ? 1 : options.maxFailures,
    unit: options.unit,
    on_failure: options.onFailure,
    commit: options.commit,
    lock_wait_ms: options.lockWait,
    lock_timeout_ms: options.lockTimeout,
    statement_timeout_ms: options.statementTimeout,
    batch_pause_ms: options.batchPause,
    attempts: options.attempts,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return {
    ...toPlanOrder(request),
    digest,
    ...(Object.keys(given).length === 0 ? {} : { options: given }),
  };
}
