import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BfmError } from '@bfm/core';
import type { Environment } from '@bfm/service';
import { withSlashes } from '../output/shown-path.ts';
import { parseEnvFile } from './env-file.ts';
import { readNamedFile } from './read-named-file.ts';
import { systemReason } from './system-reason.ts';

/** Where variables may come from. */
export interface EnvironmentSources {
  /** The process's own. */
  readonly own: Environment;
  /** Of `--env-file`; `null` without. */
  readonly envFile: string | null;
}

/**
 * Puts the variables together: the process's own go before the file's.
 *
 * @throws {config.invalid}
 */
export function loadEnvironment({ own, envFile }: EnvironmentSources): Environment {
  return envFile === null ? own : { ...readEnvFile(envFile), ...own };
}

/**
 * Reads a file of variables.
 *
 * @throws {config.invalid}
 */
export function readEnvFile(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readNamedFile(file).toString('utf8');
  } catch (error) {
    throw new BfmError('config.invalid', {
      message: `the environment file ${file} cannot be read: ${systemReason(error)}`,
      details: { where: { file } },
      next: 'check the path after --env-file',
    });
  }
  return parseEnvFile(text, file);
}

/** The embedded demo's variables: `.bfm/env` of a folder or its nearest parent that has one; `null`: there is none. */
export function findDemoFile(directory: string): { readonly path: string; readonly shown: string } | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, '.bfm', 'env');
    if (isTrusted(path)) return { path, shown: withSlashes(relative(directory, path)) };
    if (dirname(folder) === folder) return null;
  }
}

/** Whether a file that was named is the embedded demo's. */
export function isDemoFile(file: string | null): boolean {
  return file !== null && /(?:^|[\\/])\.bfm[\\/]env$/.test(file);
}

/** Somebody else's file in a shared parent folder must not decide which database we write to. */
function isTrusted(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return false;
  const user = process.getuid?.();
  return user === undefined || found.uid === user || found.uid === 0;
}
