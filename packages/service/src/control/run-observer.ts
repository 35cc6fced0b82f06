import type { RunEnd, StoredRun } from '@bfm/engine';
import type { RunEnding } from './run-ending.ts';

/**
 * Hears what becomes of runs in the hands of this process: metrics, traces, the log. Nothing depends on it, and it must not
 * throw. What happens within a run the engine tells (`EngineEvent`).
 */
export interface RunObserver {
  /** This process has a run now; of one that is taken over, it is not the first. */
  readonly taken: (run: StoredRun) => void;
  /** A run has ended here, and the state knows. */
  readonly ended: (run: StoredRun, end: RunEnd) => void;
  /** This process has it no more, for whatever reason; follows every `taken`. */
  readonly left: (run: StoredRun, how: RunEnding | 'broken') => void;
}

/** Hears nothing. */
export const NO_RUN_OBSERVER: RunObserver = {
  taken: () => undefined,
  ended: () => undefined,
  left: () => undefined,
};
