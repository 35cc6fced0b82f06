import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { changeRun } from './change-run.ts';

/** `bfm run resume`: lets a paused run go on. */
export async function runRunResume(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  const change = { change: 'resume', told: 'It goes on soon.' } as const;
  return changeRun(id, change, { options, invocation });
}
