import { describeHolder, type BfmError } from '@bfm/core';
import { toTargetHolder } from '@bfm/engine';
import type { HeldLock, LockList } from '@bfm/service';
import { nextLine } from './error-view.ts';
import { escapeLine } from './escape.ts';
import { wrap } from './fit.ts';
import type { Look } from './look.ts';
import { formatDuration } from './wording.ts';

/** What is held now, and by whom. */
export function locksView({ locks }: LockList, look: Look): readonly string[] {
  if (locks.length === 0) return ['Nothing is held.'];
  return locks.flatMap((lock, index) => [...(index === 0 ? [] : ['']), ...lockView(lock, look)]);
}

/** One of them: its id, who holds it, and what the holder is doing. */
export function lockView({ id, session, lease, store }: HeldLock, look: Look): readonly string[] {
  const holder = describeHolder(session?.holder ?? toTargetHolder(lease));
  const place = store === null ? 'a database that is not configured here' : store.keeper.address;
  const facts = [
    `held by ${holder}`,
    session === null ? 'no session has it; the lease is all there is' : doing(session),
    ...(lease === null || session === null ? [] : [`lease ${lease.token}, ${endOf(lease.endsInMs)}`]),
  ];
  return [
    `${look.paint.name(escapeLine(id))}  ${look.paint.dim(`(${escapeLine(place)})`)}`,
    ...facts.flatMap((fact) => wrap(escapeLine(fact), look.width - 4).map(indent)),
  ];
}

/** What does not fit into its first line stands further in. */
function indent(line: string, index: number): string {
  return `${' '.repeat(index === 0 ? 2 : 4)}${line}`;
}

/** Who could not be asked, why, and what mends it. */
export function unreachableView({ message, next }: BfmError, look: Look): readonly string[] {
  const { paint, symbols } = look;
  const [first = '', ...rest] = wrap(escapeLine(message), look.width - 2);
  const said = [`${paint.bad(symbols.cross)} ${first}`, ...rest.map((line) => `  ${line}`)];
  return next === null ? said : [...said, nextLine(next, look)];
}

function doing({ backend, state, command, statementMs }: NonNullable<HeldLock['session']>): string {
  if (state === null) {
    return `backend ${backend}; what it is doing is not for this role to see`;
  }
  const since = statementMs === null ? '' : ` for ${formatDuration(statementMs)}`;
  return `backend ${backend}, ${state}${since}${command === null ? '' : ` (${command})`}`;
}

function endOf(ms: number): string {
  return `ends in ${formatDuration(Math.max(0, ms))} unless it is renewed`;
}
