import { execFile } from 'node:child_process';
import type { ServerUser } from './server-user.ts';

/**
 * Runs a command as the server's user and tells whether it succeeded; the only honest test of what that user may do,
 * since modes, access lists, mount options and missing libraries all take part.
 */
export function succeedsAs(user: ServerUser, command: readonly [string, ...string[]]): Promise<boolean> {
  const [file, ...args] = command;
  const identity = user.foreign ? { uid: user.uid, gid: user.gid } : {};
  return new Promise((resolve) => {
    execFile(file, args, { ...identity, cwd: '/', env: { LC_ALL: 'C' } }, (error) => {
      resolve(error === null);
    });
  });
}

/** Tells whether the server's user can enter a directory, through every ancestor of it. */
export function canEnter(user: ServerUser, directory: string): Promise<boolean> {
  return succeedsAs(user, ['/bin/sh', '-c', 'cd -- "$1"', 'sh', directory]);
}

/** Tells whether the server's user can create and remove entries in a directory. */
export function canWrite(user: ServerUser, directory: string): Promise<boolean> {
  return succeedsAs(user, ['/bin/sh', '-c', 'cd -- "$1" && [ -w . ]', 'sh', directory]);
}
