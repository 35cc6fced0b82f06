import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { BenchServer } from './server.ts';

/** A process to be timed. */
export interface BenchCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What one process took, from its start to its end. */
export interface Sample {
  readonly seconds: number;
  /** Processor time of the process and of those it started; `null` without GNU time. */
  readonly clientCpu: number | null;
  /** Processor time of the server meanwhile; `null` for one that cannot be watched. */
  readonly serverCpu: number | null;
  /** Peak resident memory; `null` without GNU time. */
  readonly peakMib: number | null;
  /** How many processes wanted a processor in the minute before: more than the machine has, and times are no good. */
  readonly load: number;
}

const GNU_TIME = '/usr/bin/time';

/** Times whole processes, with GNU time round them to learn their processor time and peak memory. */
export class Stopwatch {
  readonly #folder: string;
  readonly #server: BenchServer;
  readonly #hasTime: boolean;

  private constructor(folder: string, server: BenchServer, hasTime: boolean) {
    this.#folder = folder;
    this.#server = server;
    this.#hasTime = hasTime;
  }

  /** @param folder for files of its own */
  static async create(folder: string, server: BenchServer): Promise<Stopwatch> {
    const hasTime = await access(GNU_TIME).then(
      () => true,
      () => false,
    );
    return new Stopwatch(folder, server, hasTime);
  }

  /** Runs a command to its end; one that fails ends the benchmark with what it wrote. */
  async run({ program, args, environment }: BenchCommand): Promise<Sample> {
    const usageFile = join(this.#folder, 'usage');
    const whole = this.#hasTime
      ? [GNU_TIME, '-f', '%M %U %S', '-o', usageFile, program, ...args]
      : [program, ...args];
    const [load = 0] = loadavg();
    const before = await this.#server.cpuSeconds();
    const started = performance.now();
    const { code, output } = await runToEnd(whole, environment);
    const seconds = (performance.now() - started) / 1_000;
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${output}`);
    const after = await this.#server.cpuSeconds();
    const serverCpu = before === null || after === null ? null : after - before;
    const usage = this.#hasTime ? (await readFile(usageFile, 'utf8')).trim() : null;
    return { seconds, load, serverCpu, ...readUsage(usage) };
  }
}

function readUsage(text: string | null): Pick<Sample, 'clientCpu' | 'peakMib'> {
  if (text === null) return { clientCpu: null, peakMib: null };
  const [peakKib = 0, user = 0, system = 0] = (text.split('\n').at(-1) ?? '').split(' ').map(Number);
  return { clientCpu: user + system, peakMib: peakKib / 1_024 };
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
