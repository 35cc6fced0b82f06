/**
 * `npm run properties`: the tests of properties with other seeds than the one of `npm test`, so many times, 20 unless said.
 * Ends with the first seed that fails, and prints it:
 *
 *     npm run properties -- 100
 *     BFM_PROPERTY_SEED=77 npm test -- --project unit
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { asksForHelp, usageOf } from './usage.ts';

/** Where properties are; none of these needs a server. */
const SUITES = [
  'packages/core',
  'packages/engine',
  'packages/service/test',
  'packages/source',
  'apps/cli/src/output',
  'test/check/config-files',
];

async function runOnce(seed: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), ...SUITES], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BFM_PROPERTY_SEED: String(seed) },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) process.stdout.write(said);
  return code === 0;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  const rounds = Number(args[0] ?? 20);
  for (let round = 1; round <= rounds; round += 1) {
    const seed = randomInt(2 ** 31 - 1);
    if (!(await runOnce(seed))) {
      console.log(`round ${round} of ${rounds}: BFM_PROPERTY_SEED=${seed} failed`);
      return 1;
    }
    console.log(`round ${round} of ${rounds}: BFM_PROPERTY_SEED=${seed} passed`);
  }
  return 0;
}

process.exitCode = await main();
