import type { EngineEvent } from '@bfm/core';
import type { RunObserver } from '@bfm/service';

/** Hears all that is to be known of runs in this process: metrics, traces and the log each are one. */
export interface RunWatcher extends RunObserver {
  /** Hears what the engine tells of a run. */
  readonly note: (runId: string, event: EngineEvent) => void;
}

/** Tells all of them. */
export function watchTogether(watchers: readonly RunWatcher[]): RunWatcher {
  return {
    taken: (run) => {
      for (const watcher of watchers) watcher.taken(run);
    },
    ended: (run, end) => {
      for (const watcher of watchers) watcher.ended(run, end);
    },
    left: (run, how) => {
      for (const watcher of watchers) watcher.left(run, how);
    },
    note: (runId, event) => {
      for (const watcher of watchers) watcher.note(runId, event);
    },
  };
}
