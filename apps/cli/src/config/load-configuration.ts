import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { BfmError } from '@bfm/core';
import {
  declaresConnection,
  parseConfiguration,
  type ConfigDocument,
  type Configuration,
  type Environment,
  type SettingOrigin,
} from '@bfm/service';
import { readConfigFile } from './config-file.ts';
import { findDemoFile, isDemoFile, loadEnvironment, readEnvFile } from './environment.ts';
import { readSettingFile } from './setting-file.ts';

/** Where settings may come from. */
export interface ConfigurationPlaces {
  /** The process's own variables. */
  readonly own: Environment;
  /** Of `--env-file`; `null` without. */
  readonly envFile: string | null;
  /** Of `--config`; `null` without. */
  readonly config: string | null;
  readonly directory: string;
}

/** What was configured, and what people should know about it. */
export interface LoadedConfiguration extends Configuration {
  readonly variables: Environment;
  /** The embedded demo's file, when that is where the connections come from. */
  readonly demoFile: string | null;
  /** The command that starts what the connections lead to, when they are the demo's; `null`: nobody knows. */
  readonly startedBy: string | null;
  /** The folder of migrations as it was configured, ready to be opened; `null`: nobody said. */
  readonly sfm: string | null;
}

/**
 * Puts the configuration together: the process's variables go before those of `--env-file`, and these before bfm.yaml.
 * When nothing declares a connection, those of the embedded demo are taken: `.bfm/env` of this folder or the nearest
 * parent that has one.
 *
 * @throws {config.invalid} {config.no_connection}
 */
export async function loadConfiguration(places: ConfigurationPlaces): Promise<LoadedConfiguration> {
  const found = await loadSettings(places);
  if (found.connections.length > 0) return found;
  throw noConnection(found.variables, await readConfigFile(places.config, places.directory));
}

/** The same for what needs no connection. @throws {config.invalid} */
export async function loadSettings(places: ConfigurationPlaces): Promise<LoadedConfiguration> {
  const { directory, config } = places;
  const own = loadEnvironment(places);
  const document = await readConfigFile(config, directory);
  const demoFile = declaresConnection(own) || mentionsConnections(document) ? null : findDemoFile(directory);
  const environment = demoFile === null ? own : { ...readEnvFile(demoFile.path), ...own };
  const base = (origin: SettingOrigin): string =>
    origin === 'document' && document !== null ? dirname(resolve(directory, document.file)) : directory;
  const found = parseConfiguration({
    environment,
    document,
    readFile: (path, origin) => readSettingFile(resolve(base(origin), path)),
  });
  return {
    ...found,
    variables: environment,
    demoFile: demoFile?.shown ?? null,
    startedBy: demoFile !== null || isDemoFile(places.envFile) ? DEMO_COMMAND : null,
    sfm: sfmOf(found, base, directory),
  };
}

/** What starts the embedded demo. */
const DEMO_COMMAND = 'npm start';

/** As it was given as long as that leads there, so that people recognise it. */
function sfmOf(
  { program }: Configuration,
  base: (origin: SettingOrigin) => string,
  directory: string,
): string | null {
  if (program.sfm === null) return null;
  const { path, origin } = program.sfm;
  if (origin === 'environment' || isAbsolute(path)) return path;
  return relative(directory, resolve(base(origin), path)) || '.';
}

/** Also when it is too faulty to say which: its faults are what people must hear of, not the demo. */
function mentionsConnections(document: ConfigDocument | null): boolean {
  if (document === null) return false;
  return (
    document.faults.length > 0 || (document.root?.entries.some(({ key }) => key === 'connections') ?? false)
  );
}

function noConnection(environment: Environment, document: ConfigDocument | null): BfmError {
  const orphan = Object.entries(environment).find(
    ([name, value = '']) => /^[A-Z][A-Z0-9_]*_URL$/.test(name) && /^postgres(?:ql)?:\/\//.test(value),
  )?.[0];
  const where = document === null ? '' : `, and ${document.file} has no connections`;
  return new BfmError('config.no_connection', {
    message: `no connection is configured: no variable {CONN}_BACKEND is set${where}`,
    next:
      orphan === undefined
        ? 'set CORE_BACKEND=postgresql and CORE_URL=postgres://user:password@host:5432/database, or pass --env-file FILE'
        : `${orphan} is set: set ${orphan.replace(/_URL$/, '_BACKEND')}=postgresql, too`,
  });
}
