import type { Invocation } from '../invocation.ts';
import { requireDownBound } from '../options/down-bound.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { refuseSelectors } from '../options/plan-file.ts';
import { applyCommand } from './apply.ts';

/** `bfm down`: rolls back as far as one of the four bounds says, or a saved plan. */
export async function runDown(options: ApplyCommandOptions, invocation: Invocation): Promise<number> {
  if (options.plan === undefined) requireDownBound(options);
  else refuseSelectors(options);
  return applyCommand('down', options, invocation);
}
