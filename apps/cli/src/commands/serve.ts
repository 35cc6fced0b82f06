import type { ProcessOptions, RunningProcess } from '@bfm/server';
import { readClockOffset, toFailpoints } from '@bfm/runtime';
import { loadConfiguration } from '../config/load-configuration.ts';
import { loadServerConfiguration } from '../config/load-server-configuration.ts';
import type { GlobalOptions } from '../options/option-types.ts';
import { escapeLine } from '../output/escape.ts';
import { createTerminal } from '../output/terminal.ts';
import { untilStopped } from '../run/until-stopped.ts';

const DEFAULT_SFM = 'sfm';

/** `bfm serve`: answers requests until it is told to stop. */
export async function runServe(options: GlobalOptions): Promise<number> {
  const { startServer } = await import('@bfm/server');
  return runUntilStopped(options, startServer);
}

/** `bfm worker`: carries out runs until it is told to stop. */
export async function runWorker(options: GlobalOptions): Promise<number> {
  const { startWorker } = await import('@bfm/server');
  return runUntilStopped(options, startWorker);
}

async function runUntilStopped(
  options: GlobalOptions,
  start: (process: ProcessOptions) => Promise<RunningProcess>,
): Promise<number> {
  const processOptions = await toProcessOptions(options);
  const { graceMs } = processOptions.server;
  return untilStopped(() => start(processOptions), { graceMs, source: process });
}

/** @throws {config.invalid} {config.no_connection} */
async function toProcessOptions(options: GlobalOptions): Promise<ProcessOptions> {
  const places = {
    own: process.env,
    envFile: options.envFile ?? null,
    config: options.config ?? null,
    directory: process.cwd(),
  };
  const configuration = await loadConfiguration(places);
  const server = await loadServerConfiguration(places, configuration);
  const { notes } = createTerminal({ json: false, color: options.color, quiet: false });
  return {
    configuration,
    server,
    sfm: options.sfm ?? configuration.sfm ?? DEFAULT_SFM,
    startedBy: configuration.startedBy,
    clockOffsetMs: readClockOffset(process.env),
    failpoints: toFailpoints(process.env),
    logTo: null,
    tell: (line) => {
      notes.print([escapeLine(line)]);
    },
  };
}
