import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MAIN = join(ROOT, 'apps', 'cli', 'bin', 'bfm.cjs');

// What ships is what is tested; it takes no time when nothing has changed.
execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { stdio: 'pipe' });

/** Stands for any text in what is expected. */
export const SOME_TEXT: unknown = expect.any(String);

/** How a `bfm` ended. */
export interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a `bfm` is run, and with what. */
export interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** A `bfm` under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<End>;
  /** What stdout and stderr said so far. */
  readonly said: () => string;
}

/** Starts the built CLI with nothing in its environment but what is given. */
export function startMain(args: readonly string[], { env = {}, cwd, stdin }: Around = {}): Running {
  // Without --, Node takes our --env-file for its own and ends when the file is missing (nodejs/node#54232).
  const child = spawn(process.execPath, ['--', MAIN, ...args], {
    env: { LANG: 'C.UTF-8', ...env },
    cwd: cwd ?? tmpdir(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin ?? '');
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...output }));
  return { child, ended, said: () => output.stdout + output.stderr };
}

/** Runs the built CLI to its end. */
export async function runMain(args: readonly string[], around: Around = {}): Promise<End> {
  return startMain(args, around).ended;
}

/** Makes a folder with these files in it; it goes when the test is over. */
export function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bfm-cli-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFiles(folder, files);
  return folder;
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The one document on a stream. */
export function parseDocument(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** Code and message of the one error document on stderr. */
export function parseError({ stderr }: End): {
  code: string;
  message: string;
  details: unknown;
  next?: string;
} {
  return (JSON.parse(stderr) as { error: { code: string; message: string; details: unknown; next?: string } })
    .error;
}
