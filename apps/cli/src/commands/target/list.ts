import { listTargets, presentTargets } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { TargetListOptions } from '../../options/option-types.ts';
import { nextLine } from '../../output/error-view.ts';
import { targetsView } from '../../output/targets-view.ts';
import { openSession } from '../session.ts';

const UNREACHABLE = 8;

/** `bfm target list`: what ledgers know, configured or not. */
export async function runTargetList(options: TargetListOptions, invocation: Invocation): Promise<number> {
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const list = await listTargets(
    { selected: options.connection ?? [], withRetired: options.retired === true },
    context,
  );
  terminal.data(presentTargets(list));
  const { print, look } = terminal.people;
  // Who could not ask everywhere does not know that there is none.
  if (list.targets.length > 0 || list.unreachable.length === 0) print(targetsView(list, look));
  for (const { message, next } of list.unreachable) {
    terminal.notes.print([`${look.paint.bad(look.symbols.cross)} ${message}`]);
    if (next !== null) terminal.notes.print([nextLine(next, look)]);
  }
  return list.unreachable.length > 0 ? UNREACHABLE : 0;
}
