import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { StateStore } from '@bfm/engine';
import { openRuntime, PROCESS_CLOCK } from '@bfm/runtime';
import { ConnectionBudget, type ControlContext } from '@bfm/service';
import type { ServerLog } from '../log/server-log.ts';
import { addControlMetrics } from '../metrics/control-metrics.ts';
import { addPoolMetrics } from '../metrics/pool-metrics.ts';
import { DEFAULT_WORKER_OPTIONS, RunWorker } from '../worker/run-worker.ts';
import { composeControl } from './compose-control.ts';
import { HeldCatalog } from './held-catalog.ts';
import { openObservation, type Observation } from './open-observation.ts';
import { openState } from './open-state.ts';
import type { ProcessOptions } from './server-options.ts';

/** What servers and workers have alike. */
export interface ComposedProcess extends Observation {
  readonly control: ControlContext;
  /** Not started; a server may leave it so. */
  readonly worker: RunWorker;
}

/**
 * Opens the state, reads the migrations and gets ready to reach databases.
 *
 * @throws {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function composeProcess(options: ProcessOptions): Promise<ComposedProcess> {
  const { configuration } = options;
  const name = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  await using opened = new AsyncDisposableStack();
  const observation = opened.use(await openObservation(options, name));
  const { log, registry, watcher } = observation;
  const runtime = opened.use(
    openRuntime({
      ...options,
      limits: configuration.program,
      connections: configuration.connections,
      lock: configuration.lock,
      deadlineMs: configuration.lock.ttlMs,
      onConnecting: () => undefined,
    }),
  );
  const catalogs = await HeldCatalog.open(runtime, options.sfm);
  const state = opened.adopt(await openState(options), (store) => store.close());
  const budget = opened.use(openBudget(name, state, options));
  const parts = { state, catalogs, runtime, watcher, budget, wakeWorkers: () => worker.wake() };
  const control = composeControl(parts, options);
  const worker: RunWorker = new RunWorker(workerOptions(name, options, log), control);
  addControlMetrics(registry, { state, catalogs });
  addPoolMetrics(registry, { targets: () => runtime.pools(), state: () => state.pools() });
  const kept = opened.move();
  return { ...observation, control, worker, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function openBudget(worker: string, state: StateStore, { server }: ProcessOptions): ConnectionBudget {
  const { runLeaseMs: leaseMs } = server;
  return new ConnectionBudget({ worker, leaseMs, state, clock: PROCESS_CLOCK, random: () => Math.random() });
}

function workerOptions(
  name: string,
  { server }: ProcessOptions,
  log: ServerLog,
): ConstructorParameters<typeof RunWorker>[0] {
  const worker = log('worker');
  return {
    ...DEFAULT_WORKER_OPTIONS,
    worker: name,
    concurrency: server.runsMax,
    leaseMs: server.runLeaseMs,
    report: (error, runId) => {
      worker.error({ err: error, run: runId }, 'a run could not be worked on');
    },
  };
}
