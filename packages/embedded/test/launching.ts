import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { EmbeddedPostgresOptions } from '../src/index.ts';

/** What the launcher process answered. */
export interface LauncherAnswer {
  readonly pid: number;
  readonly port: number;
  readonly directory: string;
  readonly password: string;
  readonly error?: string;
  readonly message?: string;
}

/** Who runs the launcher, and from where. */
export interface LauncherOptions {
  readonly server: Partial<EmbeddedPostgresOptions>;
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly script?: string;
}

/** Starts the launcher process without waiting for the server. */
export function spawnLauncher(options: LauncherOptions): ChildProcess {
  const script = options.script ?? fileURLToPath(new URL('launcher.ts', import.meta.url));
  return spawn(options.node ?? process.execPath, [script, JSON.stringify(options.server)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', ...options.environment },
    ...options.identity,
  });
}

/** The line the launcher answers with. */
export async function answerOf(launcher: ChildProcess): Promise<LauncherAnswer> {
  if (launcher.stdout === null) throw new Error('The launcher has no standard output.');
  const [line] = (await once(createInterface({ input: launcher.stdout }), 'line')) as [string];
  return JSON.parse(line) as LauncherAnswer;
}

/** Ends the launcher as a user would and waits for it. */
export async function endLauncher(launcher: ChildProcess): Promise<void> {
  if (launcher.exitCode !== null || launcher.signalCode !== null) return;
  const exited = once(launcher, 'exit');
  launcher.kill('SIGTERM');
  await exited;
}

/** Waits until no process has this id. */
export async function waitUntilGone(pid: number): Promise<void> {
  await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000, interval: 20 });
}

/** Tells whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
