import { PROCESS_CLOCK } from '@bfm/runtime';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { RunLog } from '../log/run-log.ts';
import type { Secrets } from '../log/secrets.ts';
import { createServerLog, type ServerLog } from '../log/server-log.ts';
import { RunMetrics } from '../metrics/run-metrics.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { knownSecrets } from './known-secrets.ts';
import { logDestination } from './log-lines.ts';
import { watchTogether, type RunWatcher } from './run-watchers.ts';
import type { ProcessOptions } from './server-options.ts';

/** What tells of a process: its log, metrics and traces. */
export interface Observation extends AsyncDisposable {
  readonly log: ServerLog;
  readonly secrets: Secrets;
  readonly registry: Registry;
  readonly tracing: Tracing;
  /** Tells all of them of runs. */
  readonly watcher: RunWatcher;
}

/** Begins to tell of a process. @param instance unique to it */
export async function openObservation(options: ProcessOptions, instance: string): Promise<Observation> {
  const { server, configuration } = options;
  const { level, levels, format } = server.log;
  const secrets = knownSecrets(options);
  const destination = logDestination(format, options.logTo);
  const log = createServerLog({ level, levels, secrets, destination });
  for (const warning of [...configuration.warnings, ...server.warnings]) log('config').warn(warning);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const tracing = await openTracing({ settings: server.traces, instance, log: log('traces') });
  const metrics = new RunMetrics(registry, () => PROCESS_CLOCK.monotonicMs());
  return {
    log,
    secrets,
    registry,
    tracing,
    watcher: watchTogether([metrics, tracing, new RunLog(log('runs'))]),
    [Symbol.asyncDispose]: () => tracing.close(),
  };
}
