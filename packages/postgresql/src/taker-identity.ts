import type { Failpoints } from '@bfm/core';
import type { KnownEntries } from './known-entries.ts';

/** What a holder is told apart by. */
export interface TakerIdentity {
  /** Of the database. */
  readonly identity: string;
  /** Of this process. */
  readonly pid: number;
  /** A text no other taker has. */
  readonly uniqueId: string;
  /** The backend that holds the lock which keeps others waiting. */
  readonly backend: number;
  /** Ledgers that need not be read again. */
  readonly known: KnownEntries;
  /** What keeps others waiting: the session's own lock, or one that is held elsewhere already. */
  readonly lock: 'session' | 'elsewhere';
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly failpoints: Failpoints;
}
