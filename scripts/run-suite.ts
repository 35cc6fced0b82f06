import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { asksForHelp, usageOf } from './usage.ts';

/** A suite that a command of its own runs with more than `npm test` has time for. */
export interface LargeSuite {
  /** Of the command; the comment at its head is its help. */
  readonly script: string;
  readonly suite: string;
  /** What holds where the environment says nothing else. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs it; further arguments go to vitest. @returns the exit code */
export async function runSuite({ script, suite, environment }: LargeSuite): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(script));
    return 0;
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), suite, ...args], {
    stdio: 'inherit',
    env: { ...environment, ...process.env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
