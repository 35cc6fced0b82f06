import type { WaitingFailpoint } from '@bfm/core';
import type { Answer } from '../pipeline.ts';
import type { Message } from '../message.ts';
import type { Intent, Sighting } from './progress.ts';
import type { StepSession } from './step-session.ts';

/** What a bare statement needs of the step it belongs to. Statements are numbered from 0. */
export interface BareContext {
  readonly session: StepSession;
  readonly nowMs: () => number;
  /** The lock timeout of the step; none for a statement that blocks nobody while it waits, unless the file has one. */
  readonly lockTimeoutMs: (blocksNobody: boolean) => number;
  /** Waits until no other CONCURRENTLY of BFM works in this database. */
  takeTurn(statement: number): Promise<AsyncDisposable>;
  /**
   * Waits until no session works, or may begin to, at a bare statement of this target, and keeps others from it until
   * disposed. Locks are shown to everybody, unlike what other roles' backends are at.
   */
  claim(statement: number): Promise<AsyncDisposable>;
  /** Waits until the backend of an intent is gone: it may still be at work although its client is not. */
  waitForBackend(intent: Intent, statement: number): Promise<void>;
  recordIntent(statement: number, before: Sighting): Promise<void>;
  /** Notes that the first so many statements are done and none is under way. */
  recordDone(count: number): Promise<void>;
  /** Sends a message where it may write without a transaction. */
  sendOutside(message: Message): Promise<Answer>;
  failpoint(name: WaitingFailpoint): Promise<void>;
}
