import type { Remote } from '../remote/open-remote.ts';
import type { Session } from '../commands/session.ts';

/**
 * The two ways in which a command's work is done: on the databases themselves, or through a server. What a command shows,
 * asks and answers is the same code in both; only the one that is needed is loaded.
 */
export interface Ways<Work> {
  /** `null`: only a server can do it. */
  readonly direct: ((session: Session) => Promise<Work>) | null;
  readonly remote: (remote: Remote) => Promise<Work>;
  /** It looks at files only: directly, no connection has to be configured. */
  readonly needsNoConnection?: true;
}
