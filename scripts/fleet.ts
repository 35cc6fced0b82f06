/**
 * `npm run fleet`: the suite of test/fleet over 10,000 tenants with 500 migrations each; prints what each command took.
 * `npm test` runs the same over fewer. `BFM_FLEET_TENANTS` and `BFM_FLEET_MIGRATIONS` decide how many.
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
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), 'test/fleet', ...args], {
    stdio: 'inherit',
    env: { BFM_FLEET_TENANTS: '10000', BFM_FLEET_MIGRATIONS: '500', ...process.env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
