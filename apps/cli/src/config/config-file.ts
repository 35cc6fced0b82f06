import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BfmError } from '@bfm/core';
import type { ConfigDocument } from '@bfm/service';
import { systemReason } from './system-reason.ts';

/** The file that is read when no other is named. */
const DEFAULT_FILE = 'bfm.yaml';

/**
 * Reads the configuration file: the one that was named, or `bfm.yaml` of the folder when it has one. YAML is loaded only
 * when there is some to read.
 *
 * @returns `null`: there is none
 * @throws {config.invalid} when it was named, or is there, and cannot be read
 */
export async function readConfigFile(
  named: string | null,
  directory: string,
): Promise<ConfigDocument | null> {
  const file = named ?? DEFAULT_FILE;
  const path = resolve(directory, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    if (named === null) return null;
    throw unreadable(file, 'it does not exist');
  }
  if (!found.isFile()) throw unreadable(file, found.isDirectory() ? 'it is a folder' : 'it is not a file');
  const { readBfmYaml } = await import('./bfm-yaml.ts');
  return readBfmYaml(readBytes(path, file), file);
}

function readBytes(path: string, file: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(file, systemReason(error));
  }
}

function unreadable(file: string, reason: string): BfmError {
  return new BfmError('config.invalid', {
    message: `the configuration file ${file} cannot be read: ${reason}`,
    details: { where: { file } },
    next: 'check the path after --config, or leave it out: bfm.yaml of the current folder is read when it is there',
  });
}
