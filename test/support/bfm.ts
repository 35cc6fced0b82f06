import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** What starts the built CLI. */
export const BFM_LAUNCHER = join(ROOT, 'apps', 'cli', 'bin', 'bfm.cjs');

/** The reference product's migrations. */
export const REFERENCE_SFM = join(ROOT, 'sfm');

/** Builds the CLI's bundle, quickly when nothing has changed. Call it once before spawning. */
export function buildCli(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { stdio: 'pipe' });
}

/** How a spawned `bfm` ended. */
export interface BfmEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `bfm` under way. */
export interface BfmProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<BfmEnd>;
  /** What it said so far. */
  readonly said: () => string;
}

/** What a `bfm` has to do without, or otherwise than usual. */
export interface BfmLimits {
  /** Options of bash's `ulimit`, such as `-n 64`. */
  readonly ulimit?: string;
  /** Options of Node. */
  readonly node?: readonly string[];
  /** A file that stdout goes to, in place of being kept. */
  readonly stdout?: string;
  /** Starts another build. @default {@link BFM_LAUNCHER} */
  readonly launcher?: string;
}

/** Starts the built CLI with nothing in its environment but what is given. */
export function startBfm(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { ulimit, node = [], stdout, launcher = BFM_LAUNCHER }: BfmLimits = {},
): BfmProcess {
  const command = [process.execPath, ...node, '--', launcher, ...args];
  const line = `${ulimit === undefined ? '' : `ulimit ${ulimit} && `}exec "$@"${stdout === undefined ? '' : ` >${stdout}`}`;
  const isLimited = ulimit !== undefined || stdout !== undefined;
  const [program = '', ...rest] = isLimited ? ['/bin/bash', '-c', line, 'bash', ...command] : command;
  const child = spawn(program, rest, {
    env: { ...environment, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...output }));
  return { child, ended, said: () => output.stdout + output.stderr };
}

/** Runs the built CLI to its end. */
export async function runBfm(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  limits: BfmLimits = {},
): Promise<BfmEnd> {
  return startBfm(args, environment, limits).ended;
}

/** The environment of connections that all point at one database. */
export function connectionsTo(url: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name.toUpperCase()}_BACKEND`, 'postgresql'],
      [`${name.toUpperCase()}_URL`, url],
    ]),
  );
}
