import { presentRun } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { runsView } from '../../output/runs-view.ts';
import { runSummaryView } from '../../output/run-summary-view.ts';
import { summaryOf } from './run-summary.ts';
import { RUNS_WAYS } from './runs-ways.ts';

/** `bfm run show`: how a run stands; exits 0 however that is. */
export async function runRunShow(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal, files } = desk;
  const shown = await work.show(id);
  const { run, result } = shown;
  terminal.data({ ...presentRun(result), run });
  const { print, look } = terminal.people;
  print(runsView([run], look));
  if (run.finished_at !== null) print(['', ...runSummaryView(summaryOf(shown), files, look)]);
  return 0;
}
