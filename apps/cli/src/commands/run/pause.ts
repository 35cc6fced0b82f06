import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { changeRun } from './change-run.ts';

/** `bfm run pause`: keeps a run from going on. */
export async function runRunPause(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  const change = { change: 'pause', told: 'It is paused soon; bfm run resume lets it go on.' } as const;
  return changeRun(id, change, { options, invocation });
}
