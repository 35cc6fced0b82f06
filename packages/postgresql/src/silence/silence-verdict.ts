import type { Look } from './look.ts';

/** How long a backend that has nothing to do may owe an answer, once the deadline is over. */
const IDLE_MS = 5_000;
/** No question of BFM's own takes as long as that. */
const OWN_QUESTION_MS = 120_000;

/**
 * So many looks in a row must miss a session before it counts as gone: behind a name with several servers a look may ask
 * another one.
 */
const MISSED_MAX = 2;

/** What is known of a connection that says nothing. */
export interface Silence {
  readonly silentMs: number;
  /** Since when looks found the backend without work; 0 when the last one did not. */
  readonly idleMs: number;
  /** Looks in a row, the last one included, that were answered and did not find the session. */
  readonly missed: number;
  /** It is another session, or where sessions are lent another transaction, than the last look saw. */
  readonly hasChanged: boolean;
  /** What runs may take as long as it likes: a migration's statements. */
  readonly isPatient: boolean;
  readonly deadlineMs: number;
}

/** Why a silent connection is to be given up, in words; `null`: it is to be waited for. A statement's length is no reason. */
export function silenceVerdict(look: Look, silence: Silence): string | null {
  const { silentMs, idleMs, hasChanged, missed, isPatient, deadlineMs } = silence;
  const isLate = silentMs >= deadlineMs;
  const said = `nothing was heard for ${Math.round(silentMs / 1_000)} s`;
  if (missed >= MISSED_MAX || hasChanged) return `${said}, and the server has ended the session`;
  if (look.kind === 'no answer' && isLate) return `${said}, and nothing answers on another connection`;
  const isOwed = idleMs >= Math.min(IDLE_MS, deadlineMs);
  if (isOwed && isLate) return `${said}, and the server has nothing to do for us`;
  if (!isPatient && silentMs >= Math.max(OWN_QUESTION_MS, deadlineMs)) return said;
  return null;
}

/** A connection that was given up because nothing was heard on it. */
export class SilenceError extends Error {
  /** As of a connection that was never answered. */
  readonly code = 'ETIMEDOUT';

  /** The server answers on other connections. */
  readonly isAnswered: boolean;

  constructor(verdict: string, isAnswered: boolean) {
    super(`Connection terminated: ${verdict}`);
    this.name = 'SilenceError';
    this.isAnswered = isAnswered;
  }
}
