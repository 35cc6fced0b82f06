import { readFile, readlink, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isSystemError } from './errors.ts';

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Creates the symbolic links between libraries that npm cannot carry and the package's postinstall script would make.
 * Safe to repeat and to run concurrently.
 *
 * @returns `incomplete` when a link is missing and the folder cannot be written.
 */
export async function hydrateLinks(packageDirectory: string): Promise<'complete' | 'incomplete'> {
  for (const link of await readLinks(packageDirectory)) {
    const path = join(packageDirectory, link.target);
    const to = relative(dirname(link.target), link.source);
    try {
      if ((await readlink(path).catch(() => null)) !== to) await symlink(to, path);
    } catch (error) {
      if (isSystemError(error, 'EACCES', 'EPERM', 'EROFS')) return 'incomplete';
      // A concurrent launcher, or npm with scripts allowed, was first.
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
  }
  return 'complete';
}

async function readLinks(packageDirectory: string): Promise<readonly Link[]> {
  try {
    return JSON.parse(
      await readFile(join(packageDirectory, 'native', 'pg-symlinks.json'), 'utf8'),
    ) as readonly Link[];
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}
