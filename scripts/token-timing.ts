/**
 * `npm run token-timing`: how long a server takes to refuse an unknown id and a known one with a wrong secret, 20,000 times each
 * over HTTP; prints both medians and fails when they differ by more than half a millisecond. `npm test` does the same with few.
 * `BFM_TOKEN_PAIRS` decides how many.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { asksForHelp, usageOf } from './usage.ts';

const SUITE = 'apps/server/test/observe/token-timing.test.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), SUITE, ...args], {
    stdio: 'inherit',
    env: { BFM_TOKEN_PAIRS: '20000', ...process.env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
