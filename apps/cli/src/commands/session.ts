import { isAbsolute, resolve } from 'node:path';
import type { EngineEvent } from '@bfm/core';
import type { ServiceContext } from '@bfm/service';
import { requireConnections } from '../config/connections.ts';
import { loadEnvironment } from '../config/environment.ts';
import { Failpoints } from '../direct/failpoints.ts';
import { openDirect } from '../direct/open-direct.ts';
import type { Invocation } from '../invocation.ts';
import type { GlobalOptions } from '../options/option-types.ts';
import { escapeLine } from '../output/escape.ts';
import { SourceFiles } from '../output/source-files.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';

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
  /** Who hears the events of the run; one at a time. */
  readonly listen: (listener: EventListener) => void;
}

/**
 * Reads the configuration and the migrations, and gets ready to reach databases; none is reached yet.
 *
 * @throws {config.invalid} {config.no_connection} {source.missing}
 */
export async function openSession(options: GlobalOptions, invocation: Invocation): Promise<Session> {
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const { variables, demoFile } = loadEnvironment({
    own: process.env,
    envFile: options.envFile ?? null,
    directory: process.cwd(),
  });
  if (demoFile !== null) {
    const { print, look } = terminal.notes;
    print([look.paint.dim(`using the connections of the embedded demo (${escapeLine(demoFile)})`)]);
  }
  const connections = requireConnections(variables);
  const sfm = options.sfm ?? (variables['BFM_SFM_PATH'] || DEFAULT_SFM);
  invocation.sourceRoot = isAbsolute(sfm) ? sfm : resolve(sfm);
  let listener: EventListener = () => undefined;
  const direct = await openDirect({
    sfm,
    connections,
    failpoints: new Failpoints(process.env),
    emit: (event) => {
      listener(event);
    },
  });
  return {
    context: direct.context,
    terminal,
    files: new SourceFiles(invocation.sourceRoot),
    sfm,
    listen: (next) => {
      listener = next;
    },
    [Symbol.asyncDispose]: () => direct[Symbol.asyncDispose](),
  };
}
