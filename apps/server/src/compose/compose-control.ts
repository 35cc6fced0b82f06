import { randomUUID } from 'node:crypto';
import { PROCESS_CLOCK, TOKEN_CRYPTO, type Runtime } from '@bfm/runtime';
import { RunChanges, RunWishes, type CatalogHolder, type ControlContext } from '@bfm/service';
import type { SessionBudget, StateStore } from '@bfm/engine';
import type { RunWatcher } from './run-watchers.ts';
import { toRunDefaults } from './run-defaults.ts';
import type { ProcessOptions } from './server-options.ts';

/** The adapters of one process. */
export interface ControlParts {
  readonly state: StateStore;
  readonly catalogs: CatalogHolder;
  readonly runtime: Runtime;
  readonly watcher: RunWatcher;
  /** What runs share sessions of databases by. */
  readonly budget: SessionBudget;
  readonly wakeWorkers: () => void;
}

/** What the use cases of this process work with. */
export function composeControl(parts: ControlParts, options: ProcessOptions): ControlContext {
  const { state, catalogs, runtime, watcher, budget, wakeWorkers } = parts;
  const { configuration, failpoints } = options;
  return {
    state,
    catalogs,
    serviceFor: ({ actor, runId, emit }) => {
      const { catalog } = catalogs.current();
      const context = runtime.contextFor({
        catalog,
        // What is faulty is quarantined, and stands against what needs it only.
        sourceFaults: [],
        actor,
        newRunId: () => runId,
        emit: (event) => {
          watcher.note(runId, event);
          emit(event);
        },
      });
      return { ...context, budget };
    },
    connections: new Map(configuration.connections.map(({ info }) => [info.name, info])),
    wakeWorkers,
    changes: new RunChanges(PROCESS_CLOCK),
    wishes: new RunWishes(),
    observer: watcher,
    crypto: TOKEN_CRYPTO,
    clock: PROCESS_CLOCK,
    newId: () => randomUUID(),
    runDefaults: toRunDefaults(configuration.program),
    failpoints,
  };
}
