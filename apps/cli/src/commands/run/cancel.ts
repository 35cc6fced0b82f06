import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { changeRun } from './change-run.ts';

/** `bfm run cancel`: ends a run that waits, and has a running one end soon. */
export async function runRunCancel(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  const change = { change: 'cancel', told: 'It ends soon; what was committed stays.' } as const;
  return changeRun(id, change, { options, invocation });
}
