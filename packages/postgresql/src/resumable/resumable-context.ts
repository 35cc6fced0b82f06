import type { StepSeries, SeriesObserver } from '@bfm/engine';
import type { PlanStep } from '@bfm/core';
import type { SeriesContext } from '../series-context.ts';
import type { Pipeline } from '../pipeline.ts';
import type { BuildTurns } from './build-turn.ts';

/** What a store lends to steps that are not one transaction. */
export interface ResumableTools {
  readonly buildTurns: BuildTurns;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** One step that is not one transaction, and all it runs with. */
export interface ResumableInit {
  readonly step: PlanStep;
  /** The step's place in its series, for the observer. */
  readonly index: number;
  readonly series: StepSeries;
  /** The step's schema is still to be created. */
  readonly createSchema: boolean;
  readonly observer: SeriesObserver;
  readonly context: SeriesContext;
  readonly pipeline: Pipeline;
  readonly tools: ResumableTools;
}
