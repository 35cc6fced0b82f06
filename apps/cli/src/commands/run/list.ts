import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { RunListOptions } from '../../options/option-types.ts';
import { nextLine } from '../../output/error-view.ts';
import { runsView } from '../../output/runs-view.ts';
import { RUNS_WAYS } from './runs-ways.ts';

const DEFAULT_LIMIT = 20;

/** `bfm run list`: which runs a server has, the newest first. */
export async function runRunList(options: RunListOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(RUNS_WAYS, options, invocation);
  const { work, terminal } = desk;
  const { status, limit = DEFAULT_LIMIT, cursor } = options;
  const { items, next } = await work.list({
    limit,
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { after: cursor }),
  });
  terminal.data({ runs: items, next });
  const { print, look } = terminal.people;
  print(runsView(items, look));
  if (next !== null) {
    const only = status === undefined ? '' : ` --status ${status}`;
    print(['', nextLine(`bfm run list${only} --cursor '${next}'`, look)]);
  }
  return 0;
}
