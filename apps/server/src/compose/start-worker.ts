import { composeProcess } from './compose-process.ts';
import { keepMigrationsFresh } from './fresh-migrations.ts';
import type { ProcessOptions, RunningProcess } from './server-options.ts';

/**
 * Starts what carries out runs, and answers nobody.
 *
 * @throws {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function startWorker(options: ProcessOptions): Promise<RunningProcess> {
  const composed = await composeProcess(options);
  const ending = new AbortController();
  keepMigrationsFresh({ ...composed, options, noted: false }, ending.signal);
  composed.worker.start();
  composed.log('worker').info('working');
  let ended: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    ending.abort();
    await composed[Symbol.asyncDispose]();
    composed.log('worker').info('stopped');
  };
  return {
    drain: async (graceMs) => {
      await composed.worker.drain(graceMs);
      await (ended ??= end());
    },
  };
}
