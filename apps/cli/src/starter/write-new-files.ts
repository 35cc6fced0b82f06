import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BfmError } from '@bfm/core';
import { writeReason } from '../config/system-reason.ts';
import { createFile } from '../config/whole-file.ts';
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
 * @throws {request.invalid} when a file or folder cannot be made; none of the files is left then
 */
export function writeNewFiles(folder: string, files: readonly StarterFile[]): WrittenFiles {
  const made: string[] = [];
  const kept: string[] = [];
  try {
    for (const { path, content } of files) {
      (writeNew(join(folder, path), content) ? made : kept).push(path);
    }
  } catch (error) {
    // An up file without its down file would pass for a migration that cannot be undone.
    for (const path of made) rmSync(join(folder, path), { force: true });
    throw error;
  }
  return { made, kept };
}

function writeNew(file: string, content: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return createFile(file, content);
  } catch (error) {
    throw new BfmError('request.invalid', {
      message: `${file} cannot be made: ${writeReason(error)}`,
      details: { where: { file } },
      next: 'run it in a folder that can be written to and has room',
      cause: error,
    });
  }
}
