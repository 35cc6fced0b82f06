import { constants } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { isSystemError } from './errors.ts';

const ROTATE_ABOVE_BYTES = 5 * 1024 * 1024;
const TAIL_BYTES = 4 * 1024;

/** The log file of one start of a server. */
export interface ServerLog {
  readonly path: string;
  /** Open for appending and reading; whoever opened the log closes it. */
  readonly file: FileHandle;
  /** Length in bytes when this start began. */
  readonly start: number;
}

/** Opens a server's log for appending (mode 0600); one that has grown past 5 MB is first kept as `.1`. */
export async function openServerLog(path: string): Promise<ServerLog> {
  const size = await sizeOf(path);
  if (size > ROTATE_ABOVE_BYTES) await rename(path, `${path}.1`);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  return { path, file, start: (await file.stat()).size };
}

/** The last lines written since a start began, at most 4 KB; works even when the file itself was removed since. */
export async function tailServerLog(log: ServerLog): Promise<string> {
  const { size } = await log.file.stat();
  const from = Math.max(log.start, size - TAIL_BYTES);
  const { buffer, bytesRead } = await log.file.read(Buffer.alloc(Math.max(1, size - from)), {
    position: from,
  });
  return buffer.toString('utf8', 0, bytesRead).trim();
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0;
    throw error;
  }
}
