import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { openRuntime, PROCESS_CLOCK } from '@bfm/runtime';
import type { ControlContext } from '@bfm/service';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Secrets } from '../log/secrets.ts';
import { createServerLog, type ServerLog } from '../log/server-log.ts';
import { addControlMetrics } from '../metrics/control-metrics.ts';
import { addPoolMetrics } from '../metrics/pool-metrics.ts';
import { RunMetrics } from '../metrics/run-metrics.ts';
import { DEFAULT_WORKER_OPTIONS, RunWorker } from '../worker/run-worker.ts';
import { composeControl } from './compose-control.ts';
import { HeldCatalog } from './held-catalog.ts';
import { knownSecrets } from './known-secrets.ts';
import { logDestination } from './log-lines.ts';
import { openState } from './open-state.ts';
import type { ProcessOptions } from './server-options.ts';

/** What servers and workers have alike. */
export interface ComposedProcess extends AsyncDisposable {
  readonly control: ControlContext;
  /** Not started; a server may leave it so. */
  readonly worker: RunWorker;
  readonly log: ServerLog;
  readonly secrets: Secrets;
  readonly registry: Registry;
}

/**
 * Opens the state, reads the migrations and gets ready to reach databases.
 *
 * @throws {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function composeProcess(options: ProcessOptions): Promise<ComposedProcess> {
  const { server, configuration } = options;
  const secrets = knownSecrets(options);
  const { level, format } = server.log;
  const log = createServerLog({
    level,
    levels: {},
    secrets,
    destination: logDestination(format, options.logTo),
  });
  for (const warning of [...configuration.warnings, ...server.warnings]) log('config').warn(warning);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  await using opened = new AsyncDisposableStack();
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
  const metrics = new RunMetrics(registry, () => PROCESS_CLOCK.monotonicMs());
  const parts = { state, catalogs, runtime, metrics, wakeWorkers: () => worker.wake() };
  const control = composeControl(parts, options);
  const worker: RunWorker = new RunWorker(workerOptions(options, log), control);
  addControlMetrics(registry, { state, catalogs });
  addPoolMetrics(registry, { targets: () => runtime.pools(), state: () => state.pools() });
  const kept = opened.move();
  return { control, worker, log, secrets, registry, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function workerOptions(
  { server }: ProcessOptions,
  log: ServerLog,
): ConstructorParameters<typeof RunWorker>[0] {
  const worker = log('worker');
  return {
    ...DEFAULT_WORKER_OPTIONS,
    worker: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    concurrency: server.runsMax,
    leaseMs: server.runLeaseMs,
    report: (error, runId) => {
      worker.error({ err: error, run: runId }, 'a run could not be worked on');
    },
  };
}
