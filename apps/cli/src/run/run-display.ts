import type { EngineEvent, Plan } from '@bfm/core';
import type { Screen } from '../output/terminal.ts';

/** Shows a run while it goes on. */
export interface RunDisplay {
  handle(event: EngineEvent): void;
  /** A remark in between, such as that the run is being stopped. */
  say(line: string): void;
  /** Leaves only what is to stay on the screen. */
  end(): void;
}

/** What a display shows, and where. */
export interface DisplayOptions {
  readonly plan: Plan;
  readonly screen: Screen;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
}
