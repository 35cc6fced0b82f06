import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { RunsWork } from '../../modes/runs-work.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { nextLine } from '../../output/error-view.ts';
import { runsView } from '../../output/runs-view.ts';
import { RUNS_WAYS } from './runs-ways.ts';

/** What is wanted of a run, and what people are told while it has not come to that. */
export interface RunChange {
  readonly change: keyof Pick<RunsWork, 'cancel' | 'pause' | 'resume'>;
  readonly told: string;
}

/** Has a server change how a run goes on, and shows it. */
export async function changeRun(
  id: string,
  { change, told }: RunChange,
  { options, invocation }: { readonly options: GlobalOptions; readonly invocation: Invocation },
): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal } = desk;
  const run = await work[change](id);
  terminal.data({ run });
  const { print, look } = terminal.people;
  print(runsView([run], look));
  const isDone = run.finished_at !== null || (change === 'pause' && run.status === 'paused');
  if (!isDone) print([told, nextLine(`bfm run watch ${run.id}`, look)]);
  return 0;
}
