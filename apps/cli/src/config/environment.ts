import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BfmError } from '@bfm/core';
import { parseEnvFile } from './env-file.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings may come from. */
export interface EnvironmentSources {
  /** The process's own. */
  readonly own: Environment;
  /** Of `--env-file`; `null` without. */
  readonly envFile: string | null;
  readonly directory: string;
}

/** The settings found. */
export interface Settings {
  readonly variables: Environment;
  /** The embedded demo's file, when that is where the connections come from. */
  readonly demoFile: string | null;
}

/**
 * Puts the settings together: the process's own variables go before the file's. When neither declares a connection,
 * those of the embedded demo are taken: `.bfm/env` of this folder or the nearest parent that has one.
 *
 * @throws {config.invalid}
 */
export function loadEnvironment({ own, envFile, directory }: EnvironmentSources): Settings {
  const variables = envFile === null ? own : { ...readEnvFile(envFile), ...own };
  if (declaresConnection(variables)) return { variables, demoFile: null };
  const demoFile = findDemoFile(directory);
  if (demoFile === null) return { variables, demoFile: null };
  const shown = relative(directory, demoFile);
  return { variables: { ...readEnvFile(demoFile), ...variables }, demoFile: shown };
}

function declaresConnection(variables: Environment): boolean {
  return Object.entries(variables).some(
    ([name, value]) => /^.+_BACKEND$/.test(name) && name !== 'BFM_STATE_BACKEND' && (value ?? '') !== '',
  );
}

function readEnvFile(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new BfmError('config.invalid', {
      message: `the environment file ${file} cannot be read: ${reason}`,
      details: { where: { file } },
      next: 'check the path after --env-file',
    });
  }
  return parseEnvFile(text, file);
}

function findDemoFile(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = join(folder, '.bfm', 'env');
    if (isTrusted(file)) return file;
    if (dirname(folder) === folder) return null;
  }
}

/** Somebody else's file in a shared parent folder must not decide which database we write to. */
function isTrusted(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return false;
  const user = process.getuid?.();
  return user === undefined || found.uid === user || found.uid === 0;
}
