import {
  chmod,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  readlink,
  realpath,
  rename,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, isSystemError } from './errors.ts';
import { canEnter, canWrite } from './reach.ts';
import { ensureOpenDirectory, relocatedPath } from './relocation.ts';
import type { ServerUser } from './server-user.ts';

/** Where a server keeps its files, and for how long. */
export type Storage =
  | {
      /** Kept between starts. */
      readonly kind: 'persistent';
      /** Created when missing; holds the cluster, the password, the port used last and the log. */
      readonly directory: string;
    }
  | {
      /** In a temporary directory that is removed when the server ends, even when its launcher is killed. */
      readonly kind: 'ephemeral';
    };

/** The directories of one server, ready to be used. */
export interface StoragePlace {
  /** Real path of the directory that holds everything. */
  readonly directory: string;
  /** Directory inside of it (or the same one) that belongs to the server's user. */
  readonly cluster: string;
  /** PostgreSQL's data directory; not created here. */
  readonly data: string;
  /** What the guardian has to remove at the end, if anything. */
  readonly removeAtEnd: string | null;
}

/** Who the files are for and where they may go when the requested place is closed to that user. */
export interface StorageRules {
  readonly user: ServerUser;
  readonly relocationRoot: string;
}

/**
 * Creates the directories of a server so that the server's user can reach them. What root asks for in a private place is
 * put under the relocation root, and a symbolic link to it left in the requested place.
 *
 * @throws {EmbeddedPostgresError} `embedded.directory_unusable` when that is impossible.
 */
export async function placeStorage(storage: Storage, rules: StorageRules): Promise<StoragePlace> {
  try {
    return storage.kind === 'ephemeral'
      ? await placeEphemeral(rules)
      : await placePersistent(storage.directory, rules);
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError || !(cause instanceof Error)) throw cause;
    const where = storage.kind === 'ephemeral' ? tmpdir() : storage.directory;
    throw unusable(`PostgreSQL's files cannot be placed in ${where}: ${cause.message}.`, cause);
  }
}

async function placePersistent(requested: string, rules: StorageRules): Promise<StoragePlace> {
  const directory = await reachableDirectory(resolve(requested), rules);
  const cluster = join(directory, 'cluster');
  await ensureCluster(cluster, rules.user);
  return { directory, cluster, data: join(cluster, 'data'), removeAtEnd: null };
}

async function reachableDirectory(requested: string, rules: StorageRules): Promise<string> {
  const followed = await followLink(requested);
  const created = await mkdir(followed, { recursive: true });
  // The server's user only passes through; the password beside the cluster stays the launcher's.
  if (created !== undefined) await chmod(followed, rules.user.foreign ? 0o711 : 0o700);
  if (!rules.user.foreign || (await canEnter(rules.user, followed))) return realpath(followed);
  await rmdir(followed).catch((cause: unknown) => {
    throw unusable(
      `${followed} is closed to the server's user, and not empty. Open it (chmod a+x) or move it.`,
      cause,
    );
  });
  return relocate(followed, rules);
}

async function relocate(requested: string, rules: StorageRules): Promise<string> {
  const home = join(await realpath(dirname(requested)), basename(requested));
  const target = relocatedPath(await ensureOpenDirectory(rules.relocationRoot), home);
  await mkdir(target, { recursive: true });
  await chmod(target, 0o711);
  if (!(await canEnter(rules.user, target))) throw unusable(`${target} is closed to the server's user.`);
  await symlink(target, requested).catch((error: unknown) => {
    // A concurrent launcher was first; for the same path it chose the same target.
    if (!isSystemError(error, 'EEXIST')) throw error;
  });
  return realpath(requested);
}

/** The link may dangle when its target was deleted, which `mkdir -p` alone does not mend. */
async function followLink(path: string): Promise<string> {
  try {
    return resolve(dirname(path), await readlink(path));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EINVAL')) return path;
    throw error;
  }
}

async function ensureCluster(cluster: string, user: ServerUser): Promise<void> {
  const owner = (await ownerOf(cluster)) ?? (await createCluster(cluster, user));
  if (owner === user.uid) return;
  throw unusable(
    `${cluster} belongs to the user with id ${String(owner)}, and the server would run as ${String(user.uid)}. ` +
      'Start as the user who started it first, or remove the directory to begin anew.',
  );
}

/** It appears with its right owner, so that a concurrent launcher never takes it for somebody else's. */
async function createCluster(cluster: string, user: ServerUser): Promise<number> {
  const unfinished = await mkdtemp(`${cluster}.`);
  if (user.foreign) await lchown(unfinished, user.uid, user.gid);
  try {
    await rename(unfinished, cluster);
  } catch (error) {
    await rmdir(unfinished);
    if (!isSystemError(error, 'EEXIST', 'ENOTEMPTY')) throw error;
  }
  return (await ownerOf(cluster)) ?? user.uid;
}

async function ownerOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).uid;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

async function placeEphemeral(rules: StorageRules): Promise<StoragePlace> {
  const directory = await realpath(await mkdtemp(join(await ephemeralParent(rules), 'bfm-postgres-')));
  if (rules.user.foreign) await lchown(directory, rules.user.uid, rules.user.gid);
  return { directory, cluster: directory, data: join(directory, 'data'), removeAtEnd: directory };
}

async function ephemeralParent(rules: StorageRules): Promise<string> {
  if (!rules.user.foreign || (await canWrite(rules.user, tmpdir()))) return tmpdir();
  const parent = join(await ensureOpenDirectory(rules.relocationRoot), 'ephemeral');
  await ensureCluster(parent, rules.user);
  return parent;
}

function unusable(message: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError('embedded.directory_unusable', message, { cause });
}
