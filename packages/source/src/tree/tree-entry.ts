import { realpathSync, statSync, type Dirent } from 'node:fs';
import { join, relative, isAbsolute, sep } from 'node:path';

/** What an entry of a folder really is, links followed. */
export type TreeEntry =
  | { readonly kind: 'file' | 'directory'; readonly realPath: string }
  /** A FIFO, device or socket: reading it could wait for ever. */
  | { readonly kind: 'special' }
  | { readonly kind: 'outside'; readonly realPath: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Finds out what an entry is, without opening it. A link is followed as long as it ends inside `root`.
 *
 * @param root the real path of the sfm folder.
 * @param folder the real path of the folder the entry is in.
 */
export function inspectEntry(root: string, folder: string, entry: Dirent): TreeEntry {
  const path = join(folder, entry.name);
  if (entry.isFile()) return { kind: 'file', realPath: path };
  if (entry.isDirectory()) return { kind: 'directory', realPath: path };
  if (!entry.isSymbolicLink()) return { kind: 'special' };
  try {
    const realPath = realpathSync.native(path);
    if (!isInside(root, realPath)) return { kind: 'outside', realPath };
    const stats = statSync(realPath);
    if (stats.isFile()) return { kind: 'file', realPath };
    return stats.isDirectory() ? { kind: 'directory', realPath } : { kind: 'special' };
  } catch (error) {
    return { kind: 'unreadable', reason: describeFileError(error) };
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'it leads nowhere',
  ELOOP: 'it is a link that leads back to itself',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is no folder',
  EMFILE: 'too many files are open',
};

/** What went wrong with a file, for people. */
export function describeFileError(error: unknown): string {
  const code = errorCodeOf(error);
  return REASONS[code] ?? `the system says ${code}`;
}

/** The code of a system error, such as `ENOENT`; empty for anything else. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
