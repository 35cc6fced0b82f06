import { findLock, presentError, presentLock, releaseLock, requireReason } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { LockReleaseOptions } from '../../options/option-types.ts';
import { parseLockId } from '../../options/lock-id.ts';
import { usageError } from '../../options/usage-error.ts';
import { lockView, unreachableView } from '../../output/locks-view.ts';
import { ask } from '../../run/ask.ts';
import { openSession } from '../session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** A part of it is still held where nobody could be asked. */
const UNREACHABLE = 8;

/** `bfm lock release`: ends what is held under an id. */
export async function runLockRelease(
  id: string,
  options: LockReleaseOptions,
  invocation: Invocation,
): Promise<number> {
  const reason = requireReason(options.reason);
  const wanted = parseLockId(id);
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  if (options.yes !== true && !terminal.canAsk) throw nobodyToAsk();
  const { print, look } = terminal.people;
  const found = await findLock(wanted, context);
  const { lock } = found;
  print([...lockView(lock, look), '']);
  if (options.yes !== true && !(await ask('End it, with whatever its holder is doing?'))) {
    terminal.data({ ...presentLock(lock), outcome: 'held', reason });
    print(['Nothing was changed.']);
    return DECLINED;
  }
  session.beginChanges();
  const left = await releaseLock(found, reason, context);
  const errors = left.length === 0 ? {} : { errors: left.map(presentError) };
  terminal.data({ ...presentLock(lock), outcome: 'released', reason, ...errors });
  print([
    'Released. What its holder had not committed is gone. If it still runs, it stands in line again like everybody else.',
  ]);
  for (const error of left) terminal.notes.print(unreachableView(error, look));
  return left.length === 0 ? 0 : UNREACHABLE;
}

/** It ends what somebody else is doing: a script has to say that it means it. */
function nobodyToAsk(): Error {
  return usageError(
    'releasing a lock asks first, and nobody is there to answer; nothing was changed',
    'add --yes to release it all the same; bfm lock list shows what its holder is doing',
  );
}
