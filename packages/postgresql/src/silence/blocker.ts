/** A session that somebody waits for, as the server showed it. */
export interface Blocker {
  /** 0: no session, but a prepared transaction. */
  readonly pid: number;
  readonly application: string | null;
  readonly user: string | null;
  /** `active`, `idle in transaction`, ...; `null` where the login may not see it. */
  readonly state: string | null;
  /** For how long it is in that state; `null` where the login may not see it. */
  readonly seconds: number | null;
  /**
   * The first word of its statement, and no more: the rest may hold passwords and people's data, and this text goes to
   * terminals and logs.
   */
  readonly command: string | null;
  readonly kind: 'session' | 'autovacuum' | 'wraparound autovacuum';
}

/** A blocker in words, as in `pid 4711 (psql, alice, idle in transaction for 12 s after UPDATE)`. */
export function describeBlocker(blocker: Blocker): string {
  const { pid, application, user, kind } = blocker;
  if (pid === 0) return 'a prepared transaction (see pg_prepared_xacts)';
  if (kind === 'wraparound autovacuum') {
    return `pid ${pid} (autovacuum to prevent wraparound of transaction ids, which gives way to nobody${duration(blocker)})`;
  }
  if (kind === 'autovacuum') return `pid ${pid} (autovacuum${duration(blocker)})`;
  const parts = [application, user, stateOf(blocker)].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? `pid ${pid}` : `pid ${pid} (${parts.join(', ')})`;
}

/** All of them in words; empty for none. Of many only the first few: the rest mostly wait themselves. */
export function describeBlockers(blockers: readonly Blocker[]): string {
  const named = blockers.slice(0, NAMED_MAX).map(describeBlocker);
  const more = blockers.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

const NAMED_MAX = 5;

function stateOf(blocker: Blocker): string | null {
  const { state, command } = blocker;
  if (state === null) return null;
  const what = command === null ? '' : state === 'active' ? ` with ${command}` : ` after ${command}`;
  return `${state}${duration(blocker)}${what}`;
}

function duration({ seconds }: Blocker): string {
  return seconds === null ? '' : ` for ${Math.max(0, Math.round(seconds))} s`;
}
