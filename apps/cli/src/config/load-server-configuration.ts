import { dirname, resolve } from 'node:path';
import { parseServerConfiguration, type ServerConfiguration } from '@bfm/service';
import { readConfigFile } from './config-file.ts';
import type { ConfigurationPlaces, LoadedConfiguration } from './load-configuration.ts';
import { readSettingFile } from './setting-file.ts';

/**
 * Reads what a server is started with from where everything else was read.
 *
 * @throws {config.invalid}
 */
export async function loadServerConfiguration(
  { config, directory }: ConfigurationPlaces,
  { variables }: Pick<LoadedConfiguration, 'variables'>,
): Promise<ServerConfiguration> {
  const document = await readConfigFile(config, directory);
  return parseServerConfiguration({
    environment: variables,
    document,
    readFile: (path, origin) => {
      const base =
        origin === 'document' && document !== null ? dirname(resolve(directory, document.file)) : directory;
      return readSettingFile(resolve(base, path));
    },
  });
}
