import { resolve } from 'node:path';
import { isBfmError, toFaultsError, type BfmError, type ConnectionName, type EngineEvent } from '@bfm/core';
import { PROCESS_CLOCK, readClockOffset, readFileFaults, toFailpoints } from '@bfm/runtime';
import type { Environment, ProgramSettings, ServiceContext } from '@bfm/service';
import { loadConfiguration, loadSettings, type LoadedConfiguration } from '../config/load-configuration.ts';
import { openDirect, type Direct } from '../direct/open-direct.ts';
import type { Invocation } from '../invocation.ts';
import type { GlobalOptions } from '../options/option-types.ts';
import { escapeLine } from '../output/escape.ts';
import { SourceFiles } from '../output/source-files.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';
import { BeforeRun } from '../run/before-run.ts';

const DEFAULT_SFM = 'sfm';

/** Hears engine events while a run goes on. */
export type EventListener = (event: EngineEvent) => void;

/** What every command works with; to be disposed when it is done. */
export interface Session extends AsyncDisposable {
  readonly context: ServiceContext;
  readonly terminal: Terminal;
  readonly files: SourceFiles;
  /** The folder of migrations, as it was given. */
  readonly sfm: string;
  /** What was configured for runs; options go before it. */
  readonly program: ProgramSettings;
  /** Those of the process and of `--env-file`. */
  readonly variables: Environment;
  /** Connections whose addresses are said to be a pooler's. */
  readonly pooled: ReadonlySet<ConnectionName>;
  /** Who hears the events of the run; one at a time. Signals are the run's from then on. */
  readonly listen: (listener: EventListener) => void;
  /** From now on something may be changed. */
  readonly beginChanges: () => void;
}

/**
 * Reads the configuration and the migrations, and gets ready to reach databases; none is reached yet.
 *
 * @param needsNoConnection only files are looked at
 * @throws {config.invalid} {config.no_connection} {source.missing}
 */
export async function openSession(
  options: GlobalOptions,
  invocation: Invocation,
  needsNoConnection = false,
): Promise<Session> {
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const configuration = await configure(
    options,
    invocation,
    needsNoConnection ? loadSettings : loadConfiguration,
  );
  tellNotes(configuration, terminal);
  const { connections, program } = configuration;
  const sfm = options.sfm ?? configuration.sfm ?? DEFAULT_SFM;
  invocation.sourceRoot = resolve(sfm);
  const before = new BeforeRun(terminal.notes);
  let listener: EventListener = () => undefined;
  const direct = await openOver(configuration, { sfm, before, emit: (event) => listener(event) });
  return {
    context: direct.context,
    terminal,
    files: new SourceFiles(invocation.sourceRoot),
    sfm,
    program,
    variables: configuration.variables,
    pooled: new Set(connections.filter(({ pooled }) => pooled).map(({ info }) => info.name)),
    listen: (next) => {
      before[Symbol.dispose]();
      listener = next;
    },
    beginChanges: () => {
      before.beginChanges();
    },
    [Symbol.asyncDispose]: async () => {
      before[Symbol.dispose]();
      await direct[Symbol.asyncDispose]();
    },
  };
}

/** What of a session direct mode is opened for. */
interface Opening {
  readonly sfm: string;
  readonly before: BeforeRun;
  readonly emit: EventListener;
}

function openOver(
  { connections, program, lock, startedBy }: LoadedConfiguration,
  { sfm, before, emit }: Opening,
): Promise<Direct> {
  return openDirect({
    sfm,
    limits: program,
    connections,
    lock,
    startedBy,
    deadlineMs: lock.ttlMs,
    failpoints: toFailpoints(process.env),
    clockOffsetMs: readClockOffset(process.env),
    emit,
    onConnecting: (address, connecting) => {
      before.watch(address, connecting, PROCESS_CLOCK);
    },
  });
}

/** Faulty settings hide no faulty files: everything can be mended at once. */
async function configure(
  options: GlobalOptions,
  invocation: Invocation,
  load: typeof loadSettings,
): Promise<LoadedConfiguration> {
  try {
    return await load({
      own: process.env,
      envFile: options.envFile ?? null,
      config: options.config ?? null,
      directory: process.cwd(),
    });
  } catch (error) {
    throw isBfmError(error) && error.code === 'config.invalid'
      ? await withFileFaults(error, options.sfm ?? process.env['BFM_SFM_PATH'] ?? DEFAULT_SFM, invocation)
      : error;
  }
}

async function withFileFaults(error: BfmError, sfm: string, invocation: Invocation): Promise<BfmError> {
  const files = await readFileFaults(sfm);
  const [first, ...rest] = error.details.faults ?? [];
  if (first === undefined || files.length === 0) return error;
  invocation.sourceRoot = resolve(sfm);
  return toFaultsError([first, ...rest, ...files]);
}

function tellNotes({ demoFile, warnings }: LoadedConfiguration, { notes }: Terminal): void {
  const { print, look } = notes;
  const demo =
    demoFile === null ? [] : [`using the connections of the embedded demo (${escapeLine(demoFile)})`];
  print([
    ...demo.map((line) => look.paint.dim(line)),
    ...warnings.map((line) => look.paint.warn(`warning: ${escapeLine(line)}`)),
  ]);
}
