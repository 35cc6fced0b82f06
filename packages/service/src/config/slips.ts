import { nearestName, type Fault } from '@bfm/core';
import { CONNECTION_SETTINGS } from './connection-settings.ts';
import type { Environment } from './configuration-sources.ts';
import type { Definitions } from './definition.ts';
import { OTHER_PROGRAM_VARIABLES, PROGRAM_SETTINGS } from './program-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { STATE_SETTINGS } from './state-settings.ts';

/** In front of the program's own variables. */
export const PROGRAM_PREFIX = 'BFM_';

/** So many letters may differ in a slip; in a word of up to four letters one, since those are often words of others. */
const DIFFERENCES_MAX = 2;

/** What other programs call our settings. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['DATABASE_URL', 'URL'],
  ['DB_URL', 'URL'],
  ['DB_USER', 'DB_USERNAME'],
  ['DB_PASS', 'DB_PASSWORD'],
  ['DB_DATABASE', 'DB_NAME'],
  ['DB_HOSTNAME', 'DB_HOST'],
  ['DB_SSLMODE', 'SSLMODE'],
]);

const CONNECTION_VARIABLES = variablesOf(CONNECTION_SETTINGS);
const PROGRAM_VARIABLES = [
  ...[PROGRAM_SETTINGS, SERVER_SETTINGS, STATE_SETTINGS].flatMap(variablesOf),
  ...OTHER_PROGRAM_VARIABLES,
];

function variablesOf(definitions: Definitions): readonly string[] {
  return Object.values(definitions).flatMap(({ variable, secret }) =>
    secret ? [variable, `${variable}_FILE`] : [variable],
  );
}

/**
 * Finds variables that look like a setting of ours misspelt: `CORE_POOLD` beside a connection `core`, `CORE_BAKEND`
 * beside `CORE_URL`, `BFM_SFM_PAHT`. A name that is merely unknown belongs to somebody else and is left alone, and so is one
 * near a setting that is there.
 *
 * @param prefixes of the configured connections: `CORE_`
 */
export function findSlips(environment: Environment, prefixes: readonly string[]): readonly Fault[] {
  return strangersIn(environment, prefixes)
    .map((name) => {
      const wanted = wantedName(name, prefixes, environment);
      return wanted === null || isSet(environment, wanted) ? null : toFault(name, wanted);
    })
    .filter((fault) => fault !== null);
}

/** A variable of nobody's that is spelt much like one that is missing; `null` when there is none. */
export function findMisspelt(
  environment: Environment,
  missing: string,
  prefixes: readonly string[],
): string | null {
  return nearestName(missing, strangersIn(environment, prefixes), DIFFERENCES_MAX);
}

/** The variables that are set and no setting of a connection. */
function strangersIn(environment: Environment, prefixes: readonly string[]): readonly string[] {
  const known = new Set(prefixes.flatMap((prefix) => CONNECTION_VARIABLES.map((name) => `${prefix}${name}`)));
  return Object.keys(environment)
    .filter((name) => isSet(environment, name) && !known.has(name))
    .sort();
}

/** Whether any setting but `BACKEND` is there for a connection. */
function hasSettings(environment: Environment, prefix: string): boolean {
  return CONNECTION_VARIABLES.some((name) => name !== 'BACKEND' && isSet(environment, `${prefix}${name}`));
}

function wantedName(name: string, prefixes: readonly string[], environment: Environment): string | null {
  if (name.startsWith(PROGRAM_PREFIX)) return nearIn(name, PROGRAM_PREFIX, PROGRAM_VARIABLES);
  // The longest: with connections `core` and `core_eu`, CORE_EU_URI is one of the latter's.
  const prefix = prefixes
    .filter((candidate) => name.startsWith(candidate))
    .sort(byLength)
    .at(-1);
  if (prefix !== undefined) {
    const other = OTHER_NAMES.get(name.slice(prefix.length));
    return other === undefined ? nearIn(name, prefix, CONNECTION_VARIABLES) : `${prefix}${other}`;
  }
  return misspeltBackend(name, environment);
}

function byLength(a: string, b: string): number {
  return a.length - b.length;
}

function nearIn(name: string, prefix: string, variables: readonly string[]): string | null {
  const word = name.slice(prefix.length);
  const near = nearestName(word, variables, word.length <= 4 ? 1 : DIFFERENCES_MAX);
  return near === null || near === word ? null : `${prefix}${near}`;
}

/** `CORE_BAKEND`, when there is more for a connection `core`. */
function misspeltBackend(name: string, environment: Environment): string | null {
  for (const match of name.matchAll(/_/g)) {
    const [prefix, word] = [name.slice(0, match.index + 1), name.slice(match.index + 1)];
    const isNear = word !== 'BACKEND' && nearestName(word, ['BACKEND'], DIFFERENCES_MAX) !== null;
    if (isNear && hasSettings(environment, prefix)) return `${prefix}BACKEND`;
  }
  return null;
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? '') !== '';
}

function toFault(name: string, wanted: string): Fault {
  return {
    code: 'config.invalid',
    message: `${name} is no setting; did you mean ${wanted}?`,
    where: {},
    mend: `rename it to ${wanted}, or unset it`,
  };
}
