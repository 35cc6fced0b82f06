import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { leftRunView } from '../../output/left-run-view.ts';
import { RUNS_WAYS } from './runs-ways.ts';

/** `bfm run retry`: starts another run for what one has not done; its id alone goes to stdout. */
export async function runRunRetry(
  id: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal } = desk;
  const run = await work.retry(id);
  terminal.data({ run });
  if (!terminal.json) terminal.people.stream.write(`${run.id}\n`);
  if (!terminal.quiet) {
    terminal.notes.print(leftRunView({ runId: run.id, why: 'detached' }, terminal.notes.look));
  }
  return 0;
}
