import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, isSystemError } from './errors.ts';

const run = promisify(execFile);

/** Name of the system user that serves when the launcher is root, because PostgreSQL refuses to run as root. */
const SERVER_USER_NAME = 'bfm-postgres';

const CREATED = `created system user ${SERVER_USER_NAME}: PostgreSQL does not run as root`;

/** The identity of the server's process and files. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** True when it differs from the launcher's own identity. */
  readonly foreign: boolean;
}

/**
 * Tells as whom the server runs: the current user, or, for root, the system user `bfm-postgres`, created when missing;
 * the creation is told to `onNotice`.
 *
 * @throws {EmbeddedPostgresError} `embedded.user_unavailable` when that user cannot be created,
 * `embedded.unsupported_platform` on a system without users.
 */
export async function ensureServerUser(onNotice?: (notice: string) => void): Promise<ServerUser> {
  if (process.getuid === undefined || process.getgid === undefined) {
    throw new EmbeddedPostgresError(
      'embedded.unsupported_platform',
      `The embedded PostgreSQL runs on Linux and macOS, not on ${process.platform}. Use a PostgreSQL server of your own.`,
    );
  }
  if (process.getuid() !== 0) return { uid: process.getuid(), gid: process.getgid(), foreign: false };
  return (await findServerUser()) ?? (await createServerUser(onNotice));
}

async function findServerUser(): Promise<ServerUser | null> {
  try {
    const uid = await run('id', ['-u', SERVER_USER_NAME]);
    const gid = await run('id', ['-g', SERVER_USER_NAME]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout), foreign: true };
  } catch {
    return null;
  }
}

async function createServerUser(onNotice?: (notice: string) => void): Promise<ServerUser> {
  let cause: unknown;
  // Another process may hold the lock on the user database or create the same user at this moment.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    cause = await addUser();
    const user = await findServerUser();
    if (user !== null) {
      if (cause === undefined) onNotice?.(CREATED);
      return user;
    }
    if (isSystemError(cause, 'ENOENT')) break;
    await delay(200);
  }
  throw new EmbeddedPostgresError(
    'embedded.user_unavailable',
    `PostgreSQL refuses to run as root, and the system user ${SERVER_USER_NAME} could not be created` +
      (isSystemError(cause, 'ENOENT') ? ': useradd was not found (Debian package passwd).' : '.') +
      ' Create that user, or start as a plain user.',
    { cause },
  );
}

async function addUser(): Promise<unknown> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    await run('useradd', [...options, '--shell', '/usr/sbin/nologin', SERVER_USER_NAME], {
      // A login shell reached with plain `su` leaves the sbin folders out.
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    return undefined;
  } catch (error) {
    return error;
  }
}
