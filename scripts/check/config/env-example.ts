import { CONNECTION_SETTINGS } from '../../../packages/service/src/config/connection-settings.ts';
import type { SettingDefinition } from '../../../packages/service/src/config/definition.ts';
import { PROGRAM_SETTINGS } from '../../../packages/service/src/config/program-settings.ts';
import { SERVER_SETTINGS } from '../../../packages/service/src/config/server-settings.ts';
import { STATE_SETTINGS } from '../../../packages/service/src/config/state-settings.ts';

const WIDTH = 118;

const HEAD = `# Made by scripts/check/config-files.ts from packages/service/src/config; do not edit, copy it.
#
# Variables for "bfm --env-file FILE"; those of the process go before these. CORE_ is a connection called core: every
# connection has the same settings with its own name in front. What is commented out is an example, or the default.
# docs/guide/configuration.md tells more.
`;

/** Writes an environment file that names every variable, with what it means; only what a first start needs is set. */
export function makeEnvExample(): string {
  const program = Object.values(PROGRAM_SETTINGS).map((definition) => entry('BFM_', definition));
  const server = [SERVER_SETTINGS, STATE_SETTINGS].flatMap((definitions) =>
    Object.values<SettingDefinition<unknown>>(definitions).map((definition) => entry('BFM_', definition)),
  );
  const connection = Object.values(CONNECTION_SETTINGS).map((definition) => entry('CORE_', definition));
  return [
    HEAD,
    '# ---- A connection ----\n',
    ...connection,
    '# ---- For all connections, and for runs ----\n',
    ...program,
    '# ---- The server: bfm serve and bfm worker ----\n',
    ...server,
  ].join('\n');
}

const SET: ReadonlySet<string> = new Set(['CORE_BACKEND', 'CORE_URL']);

function entry(prefix: string, definition: SettingDefinition<unknown>): string {
  const { variable, meaning, default: usual, secret, example } = definition;
  const name = `${prefix}${variable}`;
  const text = `${plain(meaning)} Default: ${plain(usual)}.${secret ? ` Or ${name}_FILE: a file that holds it.` : ''}`;
  const value = /[\s#'"]/.test(example) ? `"${example.replaceAll('"', '\\"')}"` : example;
  return `${comment(text)}\n${SET.has(name) ? '' : '#'}${name}=${value}\n`;
}

/** Markdown's marks say nothing here. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll('{CONN}_', 'CORE_');
}

function comment(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
