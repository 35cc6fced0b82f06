import { presentRun, runExitCode } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { RunWatchOptions } from '../../options/option-types.ts';
import { leftRunView } from '../../output/left-run-view.ts';
import { runSummaryView } from '../../output/run-summary-view.ts';
import { createDisplay } from '../../run/create-display.ts';
import { summaryOf } from './run-summary.ts';
import { RUNS_WAYS } from './runs-ways.ts';

/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** `bfm run watch`: follows a run to its end; exits as `bfm up` would have. */
export async function runRunWatch(
  id: string,
  options: RunWatchOptions,
  invocation: Invocation,
): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal, files, beginRun } = desk;
  const plan = await work.planOf(id);
  const nowMs = (): number => performance.now();
  const display = await createDisplay({ plan, terminal, nowMs, verbose: options.verbose === true });
  beginRun();
  const hasEnded = await work.watch(id, { plan, display }).finally(() => {
    display.end();
  });
  if (!hasEnded) {
    terminal.notes.print(leftRunView({ runId: id, why: 'interrupted' }, terminal.notes.look));
    return INTERRUPTED;
  }
  const shown = await work.show(id);
  const { result } = shown;
  terminal.data(presentRun(result));
  const { print, look } = result.status === 'succeeded' ? terminal.people : terminal.urgent;
  print(runSummaryView(summaryOf(shown), files, look));
  return runExitCode(result);
}
