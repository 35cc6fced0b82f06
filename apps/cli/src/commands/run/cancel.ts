import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { nextLine } from '../../output/error-view.ts';
import { runsView } from '../../output/runs-view.ts';
import { RUNS_WAYS } from './runs-ways.ts';

/** `bfm run cancel`: ends a run that waits, and has a running one end soon. */
export async function runRunCancel(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal } = desk;
  const run = await work.cancel(id);
  terminal.data({ run });
  const { print, look } = terminal.people;
  print(runsView([run], look));
  if (run.finished_at === null) {
    print(['It ends soon; what was committed stays.', nextLine(`bfm run watch ${run.id}`, look)]);
  }
  return 0;
}
