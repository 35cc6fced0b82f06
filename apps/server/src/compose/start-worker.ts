import type { HttpServer } from '../http/http-server.ts';
import { composeProcess, type ComposedProcess } from './compose-process.ts';
import { keepMigrationsFresh } from './fresh-migrations.ts';
import { openAccess } from './open-access.ts';
import { openWorkerHttp } from './open-transports.ts';
import type { ProcessOptions, RunningWorker } from './server-options.ts';

/**
 * Starts what carries out runs. It answers nobody, unless it is told to tell how it is.
 *
 * @throws {config.invalid} {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function startWorker(options: ProcessOptions): Promise<RunningWorker> {
  const composed = await composeProcess(options);
  try {
    return work(composed, options, await openWorkerHttp(composed, options, openAccess(composed, options)));
  } catch (error) {
    await composed[Symbol.asyncDispose]();
    throw error;
  }
}

function work(composed: ComposedProcess, options: ProcessOptions, http: HttpServer | null): RunningWorker {
  const ending = new AbortController();
  keepMigrationsFresh({ ...composed, options, noted: false }, ending.signal);
  composed.worker.start();
  const httpPort = http?.port ?? null;
  composed.log('worker').info({ http: httpPort }, 'working');
  let ended: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    ending.abort();
    await composed[Symbol.asyncDispose]();
    composed.log('worker').info('stopped');
  };
  return {
    httpPort,
    drain: async (graceMs) => {
      await Promise.all([composed.worker.drain(graceMs), http?.drain(graceMs)]);
      await (ended ??= end());
    },
  };
}
