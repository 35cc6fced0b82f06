import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BfmError } from '@bfm/core';
import { systemReason } from '../config/system-reason.ts';
import type { StarterFile } from './new-migration.ts';

/** What became of files that were to be written. */
export interface WrittenFiles {
  readonly made: readonly string[];
  /** There already, and left as they are. */
  readonly kept: readonly string[];
}

/**
 * Writes files that are not there yet; what is there is never touched.
 *
 * @throws {request.invalid} when a file or folder cannot be made
 */
export function writeNewFiles(folder: string, files: readonly StarterFile[]): WrittenFiles {
  const made: string[] = [];
  const kept: string[] = [];
  for (const { path, content } of files) {
    (writeNew(join(folder, path), content) ? made : kept).push(path);
  }
  return { made, kept };
}

function writeNew(file: string, content: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new BfmError('request.invalid', {
      message: `${file} cannot be made: ${systemReason(error)}`,
      details: { where: { file } },
      next: 'run it in a folder that can be written to',
      cause: error,
    });
  }
}
