import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isSystemError } from './errors.ts';

/** What a postmaster writes about itself into `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** True once it accepts connections. */
  readonly ready: boolean;
}

/** Reads `postmaster.pid` of a data directory; null when there is none, or none that can be understood yet. */
export async function readPostmasterFile(dataDirectory: string): Promise<PostmasterFile | null> {
  let text: string;
  try {
    text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
  return parsePostmasterFile(text);
}

/** Understands the text of a `postmaster.pid`: pid in line 1, port in line 4, state in line 8; null when it is incomplete. */
export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Finds the live postmaster of a data directory. A file left by a dead one is removed, because PostgreSQL itself refuses
 * to start when its process id was given to another process of the same user.
 */
export async function findLivePostmaster(dataDirectory: string): Promise<PostmasterFile | null> {
  const file = await readPostmasterFile(dataDirectory);
  if (file === null) return null;
  if (await serves(file.pid, await realpath(dataDirectory))) return file;
  // A postmaster that hides from this test is still kept off by PostgreSQL's interlock on shared memory.
  await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
  return null;
}

async function serves(pid: number, dataDirectory: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // A postmaster's working directory is its data directory; a zombie has none.
    return (await readlink(`/proc/${String(pid)}/cwd`).catch(() => null)) === dataDirectory;
  }
  const listing = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null);
  return listing?.stdout.includes(dataDirectory) ?? false;
}
