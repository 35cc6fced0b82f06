import type { Invocation } from '../invocation.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { refuseSelectors } from '../options/plan-file.ts';
import { applyCommand } from './apply.ts';

/** `bfm up`: applies what is pending, or a saved plan. */
export async function runUp(options: ApplyCommandOptions, invocation: Invocation): Promise<number> {
  if (options.plan !== undefined) refuseSelectors(options);
  return applyCommand('up', options, invocation);
}
