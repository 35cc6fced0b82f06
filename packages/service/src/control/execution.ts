import type { RunEnding } from './run-ending.ts';
import type { Taking } from './take-run.ts';

/** How a run is worked on. */
export interface Execution extends Taking {
  /** Aborted: no new migration is begun, and the run is given back for somebody else. */
  readonly stop: AbortSignal;
  /** Aborted: running statements are cancelled, too. */
  readonly cancel: AbortSignal;
  /** So many times on end a run may be lost with whoever had it and nothing got done, at least 1; then it is not tried again. */
  readonly lossesMax: number;
}

/** What came of working on a run. `lost`: somebody else has it, or will have it once its lease is over. */
export type ExecutionEnd = 'not_taken' | RunEnding;
