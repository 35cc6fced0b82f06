import { existsSync } from 'node:fs';
import path, { delimiter, dirname, join } from 'node:path';
import { VERBS } from './verbs.ts';
import { pathFrom } from './shown-path.ts';

/** What tells how this program can be called again. */
export interface Calling {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The script that runs. */
  readonly script: string;
  readonly directory: string;
  readonly exists: (file: string) => boolean;
}

const SUFFIXES = ['', '.cmd'];

/**
 * What people type to call this program: `bfm` where a shell finds that, `npx bfm` where npm does, or else the way it was
 * started. What npm itself has put on the PATH of its scripts is not on that of the shell they were started from.
 */
export function programName({ environment, script, directory, exists }: Calling): string {
  const isThere = (folder: string): boolean =>
    SUFFIXES.some((suffix) => exists(join(folder, `bfm${suffix}`)));
  const fromNpm = isFromNpm(environment);
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter);
  const own = folders.filter((folder) => folder !== '' && !(fromNpm && isOfNpm(folder)));
  if (own.some(isThere)) return 'bfm';
  if (upwards(directory).some((folder) => isThere(join(folder, 'node_modules', '.bin')))) return 'npx bfm';
  // What npx has fetched is in no folder of ours.
  if (environment['npm_command'] === 'exec') return 'npx bfm';
  return script.endsWith('bfm.cjs') ? `node ${pathFrom(directory, script)}` : 'bfm';
}

/**
 * The same where no terminal says that somebody types: a log is read elsewhere, so that files found here say nothing. What
 * npm has started is called by npm again, anything else by its name.
 */
export function programNameInLog(calling: Calling): string {
  return isFromNpm(calling.environment) ? programName(calling) : 'bfm';
}

/** The name for this process, found out once, and only when somebody reads it. */
export function ownProgramName({ isTty }: { readonly isTty: boolean }): string {
  const name = isTty ? programName : programNameInLog;
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const found = name({
    environment: process.env,
    script: process.argv[1] ?? '',
    directory: process.cwd(),
    exists: existsSync,
  });
  knownNames.set(name, found);
  return found;
}

const knownNames = new Map<typeof programName, string>();

/** npm, npx and whatever sets what npm sets: pnpm, yarn. */
function isFromNpm(environment: Calling['environment']): boolean {
  return ['npm_command', 'npm_lifecycle_event', 'npm_config_user_agent'].some(
    (name) => environment[name] !== undefined,
  );
}

/** Puts the name that works here into a text that speaks of `bfm ...` commands. */
export function withProgramName(text: string, name: string): string {
  return name === 'bfm' ? text : text.replace(CALL, () => `${name} `);
}

const CALL = new RegExp(`(?<![\\w./-])bfm (?=(?:${VERBS.join('|')}|--help)\\b)`, 'g');

function isOfNpm(folder: string): boolean {
  return /[\\/](?:node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(folder);
}

function upwards(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(dirname(folder))];
}
