import { describeHolder } from '@bfm/core';
import { toTargetHolder } from '@bfm/engine';
import type { HeldLock, LockList } from '@bfm/service';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { formatDuration } from './wording.ts';

/** What is held now, and by whom. */
export function locksView({ locks }: LockList, look: Look): readonly string[] {
  if (locks.length === 0) return ['Nothing is held.'];
  return locks.flatMap((lock, index) => [...(index === 0 ? [] : ['']), ...lockView(lock, look)]);
}

/** One of them: its id, who holds it, and what the holder is doing. */
export function lockView({ id, session, lease, store }: HeldLock, { paint }: Look): readonly string[] {
  const holder = describeHolder(session?.holder ?? toTargetHolder(lease));
  const place = store === null ? 'a database that is not configured here' : store.keeper.address;
  return [
    `${paint.name(escapeLine(id))}  ${paint.dim(`(${escapeLine(place)})`)}`,
    `  held by ${escapeLine(holder)}`,
    ...(session === null ? ['  no session has it; the lease is all there is'] : [`  ${doing(session)}`]),
    ...(lease === null ? [] : [`  lease ${escapeLine(lease.token)}, ${endOf(lease.endsInMs)}`]),
  ];
}

function doing({ backend, state, command, statementMs }: NonNullable<HeldLock['session']>): string {
  if (state === null) {
    return `backend ${backend}; what it is doing is not for this role to see`;
  }
  const since = statementMs === null ? '' : ` for ${formatDuration(statementMs)}`;
  return `backend ${backend}, ${state}${since}${command === null ? '' : ` (${escapeLine(command)})`}`;
}

function endOf(ms: number): string {
  return `ends in ${formatDuration(Math.max(0, ms))} unless it is renewed`;
}
