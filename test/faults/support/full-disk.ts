import { renameSync, rmSync, symlinkSync } from 'node:fs';

/**
 * Lets a server find no room in one of its files: each write to it answers ENOSPC, as on a full disk, for a user without
 * any rights, too. Only for a file of a table or index that is empty still.
 *
 * @returns gives it room again
 */
export function fillUp(file: string): () => void {
  const aside = `${file}.aside`;
  renameSync(file, aside);
  symlinkSync('/dev/full', file);
  return () => {
    rmSync(file);
    renameSync(aside, file);
  };
}
