import { findLock, presentLock, releaseLock, requireReason } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { LockReleaseOptions } from '../../options/option-types.ts';
import { lockView } from '../../output/locks-view.ts';
import { ask } from '../../run/ask.ts';
import { openSession } from '../session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** `bfm lock release`: ends what is held under an id. */
export async function runLockRelease(
  id: string,
  options: LockReleaseOptions,
  invocation: Invocation,
): Promise<number> {
  const reason = requireReason(options.reason);
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const { print, look } = terminal.people;
  const lock = await findLock(id, context);
  print([...lockView(lock, look), '']);
  const isAgreed =
    options.yes === true || !terminal.canAsk || (await ask('End it, with whatever its holder is doing?'));
  if (!isAgreed) {
    terminal.data({ ...presentLock(lock), outcome: 'held', reason });
    print(['Nothing was changed.']);
    return DECLINED;
  }
  session.beginChanges();
  await releaseLock(lock, reason, context);
  terminal.data({ ...presentLock(lock), outcome: 'released', reason });
  print([
    'Released. What its holder had not committed is gone. If it still runs, it stands in line again like everybody else.',
  ]);
  return 0;
}
