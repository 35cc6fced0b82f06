import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes a file, in place of the one that may be there. Whatever happens (a full disk, a crash), its name leads to the old
 * text or to all of the new one. What is no file, such as `/dev/stdout`, is written to as it is.
 *
 * @throws what the system says; nothing is left behind then
 */
export function replaceFile(path: string, pieces: Iterable<string>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) {
    writeTo(path, 'w', pieces);
    return;
  }
  // Otherwise a link would be replaced, and not what it leads to.
  const file = found === undefined ? path : realpathSync(path);
  writeBeside(file, { pieces, mode: found?.mode ?? null }, (unfinished) => {
    renameSync(unfinished, file);
  });
}

/**
 * Makes a file that is not there yet, all of it or none.
 *
 * @returns false when something has that name, which is left alone
 * @throws what the system says; nothing is left behind then
 */
export function createFile(file: string, text: string): boolean {
  // Where nothing new can be made, what is there is still there.
  if (existsSync(file)) return false;
  try {
    writeBeside(file, { pieces: [text], mode: null }, (unfinished) => {
      linkOrRename(unfinished, file);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function writeBeside(
  file: string,
  { pieces, mode }: { readonly pieces: Iterable<string>; readonly mode: number | null },
  place: (unfinished: string) => void,
): void {
  // Short, however long the other name is, and hidden, so that it is no migration.
  const unfinished = join(dirname(file), `.bfm-${randomBytes(6).toString('hex')}`);
  try {
    writeTo(unfinished, 'wx', pieces);
    if (mode !== null) chmodSync(unfinished, mode);
    place(unfinished);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function writeTo(path: string, flag: 'w' | 'wx', pieces: Iterable<string>): void {
  const descriptor = openSync(path, flag);
  try {
    // Not writeSync, which on a disk that is nearly full writes a part and says nothing.
    for (const piece of pieces) writeFileSync(descriptor, piece);
    if (flag === 'wx') fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A link fails where the name is taken. Some file systems know none. */
function linkOrRename(unfinished: string, file: string): void {
  try {
    linkSync(unfinished, file);
  } catch (error) {
    if (!/^(?:EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP)$/.test(codeOf(error))) throw error;
    if (existsSync(file)) throw Object.assign(new Error('it is there already'), { code: 'EEXIST' });
    renameSync(unfinished, file);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
