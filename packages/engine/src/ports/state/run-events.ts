import type { RunHold } from './run-store.ts';
import type { JsonObject } from './state-actor.ts';

/** What is told about a run. */
export interface NewRunEvent {
  readonly type: string;
  /** At most 64 KiB as JSON. */
  readonly body: JsonObject;
}

/** An event with its place: 1, 2, 3 ... without gaps in each run. */
export interface RunEvent extends NewRunEvent {
  readonly seq: number;
  readonly at: string;
}

/** Events as anybody may read them. */
export interface RunEventReads {
  /** Events behind `afterSeq` (0: all), oldest first. Whoever has seen `n` misses nothing by asking for what follows `n`. */
  after(runId: string, afterSeq: number, limit: number): Promise<readonly RunEvent[]>;
  /** The `seq` of the last one; 0 when there is none. */
  last(runId: string): Promise<number>;
}

/** Events as the worker of a run adds them. */
export interface RunEvents extends RunEventReads {
  /**
   * Adds events in this order. A run has 1,000,000 at most; what comes after is dropped.
   *
   * @param after the `seq` of the event before these: when they are there already, since the answer to the same request was lost,
   *   they are not added again. Without it they are added in any case
   * @returns the `seq` of the last one
   * @throws {run.fence_lost}
   */
  append(hold: RunHold, events: readonly NewRunEvent[], after?: number): Promise<number>;
}
