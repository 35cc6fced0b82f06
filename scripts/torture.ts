/**
 * `npm run torture`: the suites that kill and race real runs, for as many rounds as it takes to believe them. `npm test`
 * runs the same with fewer. `BFM_TORTURE_ROUNDS` and `BFM_TORTURE_SEED` decide how many and which.
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
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), 'test/torture', ...args], {
    stdio: 'inherit',
    env: { BFM_TORTURE_ROUNDS: '50', ...process.env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
