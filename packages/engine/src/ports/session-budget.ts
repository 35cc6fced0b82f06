import type { TargetStore } from './target-store.ts';

/** The right to hold one session of a store. */
export interface SessionPlace {
  /** Gives it back; once. */
  leave(): void;
}

/** Keeps how many sessions runs hold in a store at once, whichever processes they run in. */
export interface SessionBudget {
  /**
   * Waits for a place, in turn.
   *
   * @returns `null` once the signal is aborted
   * @throws {target.unreachable} when the store cannot be asked which one it is
   */
  enter(store: TargetStore, signal: AbortSignal): Promise<SessionPlace | null>;
}
