import { CONNECTION_SETTINGS } from '../../../packages/service/src/config/connection-settings.ts';
import type { Definitions } from '../../../packages/service/src/config/definition.ts';
import { PROGRAM_SETTINGS } from '../../../packages/service/src/config/program-settings.ts';
import { SERVER_SETTINGS } from '../../../packages/service/src/config/server-settings.ts';
import { STATE_SETTINGS } from '../../../packages/service/src/config/state-settings.ts';

/** Writes the tables of all settings that stand in the guide, by the name of their place there. */
export function makeConfigTables(): ReadonlyMap<string, string> {
  return new Map([
    ['connection settings', table(CONNECTION_SETTINGS, '{CONN}_')],
    ['program settings', table(PROGRAM_SETTINGS, 'BFM_')],
    ['server settings', table(SERVER_SETTINGS, 'BFM_')],
    ['state settings', table(STATE_SETTINGS, 'BFM_')],
  ]);
}

function table(definitions: Definitions, prefix: string): string {
  const rows = Object.values(definitions).map(({ key, variable, type, meaning, default: usual, secret }) => {
    const mark = secret ? ' 🔒' : '';
    const inFile = key === null ? '' : `\`${key}\``;
    return `| \`${prefix}${variable}\`${mark} | ${inFile} | ${type.description} | ${usual} | ${meaning} |`;
  });
  return ['| variable | in bfm.yaml | value | default | meaning |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
