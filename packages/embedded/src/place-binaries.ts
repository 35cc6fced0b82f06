import { execFile } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError, isSystemError } from './errors.ts';
import { hydrateLinks } from './links.ts';
import { succeedsAs } from './reach.ts';
import { ensureOpenDirectory } from './relocation.ts';
import type { ServerUser } from './server-user.ts';

/** Who runs the binaries and where copies of them may go. */
export interface BinariesPlace {
  readonly user: ServerUser;
  /** Folder for what root has to keep outside of the requested places. */
  readonly relocationRoot: string;
}

/**
 * Makes binaries runnable for the server's user: completes the package in place, or in a cached copy when the package
 * cannot be written or reached.
 *
 * @returns The folder that holds `initdb` and `postgres`.
 * @throws {EmbeddedPostgresError} `embedded.binaries_missing` when they do not run even then.
 */
export async function placeBinaries(binaries: PostgresBinaries, place: BinariesPlace): Promise<string> {
  if (binaries.packageDirectory === null) return binaries.bin;
  const links = await hydrateLinks(binaries.packageDirectory);
  if (links === 'complete' && (await runs(binaries.bin, place.user))) return binaries.bin;
  const copy = await cachedCopy(binaries, binaries.packageDirectory, place);
  const bin = join(copy, 'native', 'bin');
  if (await runs(bin, place.user)) return bin;
  throw new EmbeddedPostgresError(
    'embedded.binaries_missing',
    `PostgreSQL ${binaries.version} of ${binaries.packageDirectory} does not run here, nor does its copy in ${copy}. ` +
      'It needs glibc and a file system that allows execution.',
  );
}

function runs(bin: string, user: ServerUser): Promise<boolean> {
  return succeedsAs(user, [join(bin, 'postgres'), '--version']);
}

async function cachedCopy(binaries: PostgresBinaries, from: string, place: BinariesPlace): Promise<string> {
  const cache = join(await cacheFolder(place), 'binaries');
  const copy = join(cache, `postgres-${binaries.version}-${basename(from)}`);
  if ((await stat(copy).catch(() => null)) !== null) return copy;
  await ensureOpenDirectory(cache);
  const unfinished = await mkdtemp(`${copy}.`);
  try {
    await cp(join(from, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    await hydrateLinks(unfinished);
    // Whatever the launcher's umask was, the server's user has to read it.
    await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished]);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // A concurrent launcher finished the same copy.
    if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return copy;
}

async function cacheFolder(place: BinariesPlace): Promise<string> {
  if (place.user.foreign) {
    return ensureOpenDirectory(place.relocationRoot);
  }
  const inHome = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bfm-embedded');
  try {
    await mkdir(inHome, { recursive: true });
    return inHome;
  } catch {
    return privateTemporaryFolder(place.user);
  }
}

async function privateTemporaryFolder(user: ServerUser): Promise<string> {
  const folder = join(tmpdir(), `bfm-embedded-${String(user.uid)}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!isSystemError(error, 'EEXIST')) throw error;
  });
  const found = await lstat(folder);
  // The name is predictable: never run binaries from a folder that somebody else prepared.
  if (found.isDirectory() && found.uid === user.uid && (found.mode & 0o022) === 0) return folder;
  throw new EmbeddedPostgresError(
    'embedded.directory_unusable',
    `${folder} belongs to somebody else; remove it or set HOME.`,
  );
}
