/**
 * `npm run faults`: the whole matrix of faults, each moment on every version of PostgreSQL. `npm test` shares the moments of
 * the longest rows out between the versions. Further arguments go to vitest:
 *
 *     npm run faults
 *     npm run faults -- -t 'Z1 '
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { asksForHelp, usageOf } from './usage.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), 'test/faults', ...args], {
    stdio: 'inherit',
    env: { BFM_ALL_MOMENTS: '1', ...process.env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
