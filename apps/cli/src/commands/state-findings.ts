import { isBfmError } from '@bfm/core';
import { examineProjection, examineState, toFindings, type Finding, type ServiceContext } from '@bfm/service';
import { readConfigFile } from '../config/config-file.ts';
import { loadSettings, type ConfigurationPlaces } from '../config/load-configuration.ts';
import { loadServerConfiguration } from '../config/load-server-configuration.ts';
import type { GlobalOptions } from '../options/option-types.ts';

/**
 * What there is to say of the state of servers, where one is configured; it is only looked at.
 *
 * @param context what it is compared with; `null`: nothing else could be opened
 */
export async function findInState(
  options: GlobalOptions,
  context: ServiceContext | null,
): Promise<readonly Finding[]> {
  const places: ConfigurationPlaces = {
    own: process.env,
    envFile: options.envFile ?? null,
    config: options.config ?? null,
    directory: process.cwd(),
  };
  try {
    const configuration = await loadSettings(places);
    if (!(await namesState(places, configuration.variables))) return [];
    const server = await loadServerConfiguration(places, configuration);
    const { openStateAsItIs } = await import('@bfm/server');
    const state = openStateAsItIs({ server });
    try {
      const found = await examineState(state);
      const isUsable = found.every(({ code }) => code === 'state.reached' || code === 'state.row_unsound');
      if (context === null || !isUsable) return found;
      return [...found, ...(await examineProjection(state, context))];
    } finally {
      await state.close();
    }
  } catch (error) {
    if (isBfmError(error)) return toFindings(error);
    throw error;
  }
}

async function namesState(
  { config, directory }: ConfigurationPlaces,
  variables: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (Object.keys(variables).some((name) => /^BFM_STATE_(?:URL|DB_)/.test(name))) return true;
  const document = await readConfigFile(config, directory);
  return document?.root?.entries.some(({ key }) => key === 'state') ?? false;
}
