import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process to be timed. */
export interface BenchCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What one process took, from its start to its end. */
export interface Sample {
  readonly seconds: number;
  /** Peak resident memory; `null` where GNU time is not installed. */
  readonly peakMib: number | null;
}

const GNU_TIME = '/usr/bin/time';

/** Times whole processes, with GNU time round them to learn their peak memory. */
export class Stopwatch {
  readonly #folder: string;
  readonly #hasTime: boolean;

  private constructor(folder: string, hasTime: boolean) {
    this.#folder = folder;
    this.#hasTime = hasTime;
  }

  /** @param folder for files of its own */
  static async create(folder: string): Promise<Stopwatch> {
    const hasTime = await access(GNU_TIME).then(
      () => true,
      () => false,
    );
    return new Stopwatch(folder, hasTime);
  }

  /** Runs a command to its end; one that fails ends the benchmark with what it wrote. */
  async run({ program, args, environment }: BenchCommand): Promise<Sample> {
    const peakFile = join(this.#folder, 'peak');
    const whole = this.#hasTime
      ? [GNU_TIME, '-f', '%M', '-o', peakFile, program, ...args]
      : [program, ...args];
    const started = performance.now();
    const { code, output } = await runToEnd(whole, environment);
    const seconds = (performance.now() - started) / 1_000;
    if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}:\n${output}`);
    if (!this.#hasTime) return { seconds, peakMib: null };
    return { seconds, peakMib: Number((await readFile(peakFile, 'utf8')).trim()) / 1_024 };
  }
}

function runToEnd(
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(program, args, {
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
