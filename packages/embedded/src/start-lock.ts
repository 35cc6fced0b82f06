import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, isSystemError } from './errors.ts';

/**
 * Takes the lock under which one launcher at a time prepares and starts the server of a directory, and waits for another
 * one that lives; a dead one's lock is taken over. Disposing of it gives it back.
 *
 * @param deadline on the clock of `performance.now()`.
 * @throws {EmbeddedPostgresError} `embedded.start_failed` when it was not had in time.
 */
export async function takeStartLock(directory: string, deadline: number): Promise<AsyncDisposable> {
  const lock = join(directory, 'starting');
  const owner = await describeProcess(process.pid);
  for (;;) {
    if (await tryLock(lock, owner)) return { [Symbol.asyncDispose]: () => rm(lock, { force: true }) };
    const other = await readOwner(lock);
    if (other !== null && !(await lives(other))) await removeStale(lock);
    else if (performance.now() > deadline) throw tooLate(lock, other);
    else if (other !== null) await delay(50);
  }
}

/** The lock appears together with its owner's name. */
async function tryLock(lock: string, owner: string): Promise<boolean> {
  const unlinked = besides(lock);
  try {
    await writeFile(unlinked, owner, { flag: 'wx', mode: 0o600 });
    await link(unlinked, lock);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(unlinked, { force: true });
  }
}

/** Only the one that moved it away removes it; a lock that was taken since the look at it is put back. */
async function removeStale(lock: string): Promise<void> {
  const aside = besides(lock);
  try {
    await rename(lock, aside);
    if (await lives((await readOwner(aside)) ?? '')) await link(aside, lock);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function besides(lock: string): string {
  return `${lock}.${randomBytes(6).toString('hex')}`;
}

async function readOwner(lock: string): Promise<string | null> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

async function lives(owner: string): Promise<boolean> {
  const pid = Number.parseInt(owner, 10);
  return pid > 0 && isAlive(pid) && (await describeProcess(pid)) === owner;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}

/** The process id and, on Linux, when it was started: a container gives the same few ids out again and again. */
async function describeProcess(pid: number): Promise<string> {
  const status = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // The second field is a name in brackets, in which anything may stand; the start is the 22nd.
  const startTime = status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${String(pid)} ${startTime}`;
}

function tooLate(lock: string, owner: string | null): EmbeddedPostgresError {
  const pid = Number.parseInt(owner ?? '', 10);
  return new EmbeddedPostgresError(
    'embedded.start_failed',
    `Another process (pid ${String(pid)}) is still starting PostgreSQL there; it holds ${lock}.`,
  );
}
