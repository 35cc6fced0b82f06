import { listLocks, presentLocks } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { locksView, unreachableView } from '../../output/locks-view.ts';
import { openSession } from '../session.ts';

const UNREACHABLE = 8;

/** `bfm lock list`: which targets are held, and by whom. */
export async function runLockList(options: GlobalOptions, invocation: Invocation): Promise<number> {
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const list = await listLocks(context);
  terminal.data(presentLocks(list));
  const { print, look } = terminal.people;
  // Who could not ask everywhere does not know that nothing is held.
  if (list.locks.length > 0 || list.unreachable.length === 0) print(locksView(list, look));
  for (const error of list.unreachable) terminal.notes.print(unreachableView(error, look));
  return list.unreachable.length > 0 ? UNREACHABLE : 0;
}
