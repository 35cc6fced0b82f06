/**
 * `npm run torture`: faults upon faults, and the checker after each. A storm strikes many processes, tenants, servers and
 * networks at random, as its seed decides; further suites kill, race and crash what is most delicate, round after round.
 * `npm test` runs two minutes of the storm and a few rounds of the rest.
 *
 *     npm run torture                              ten minutes of storm, then fifty rounds of each suite
 *     npm run torture -- --seed 7 --minutes 30     the storm alone, as long as that
 *     npm run torture -- --rounds 200              the suites alone, so many rounds of each
 *     npm run torture -- --rounds 200 -t "two bfm up"     those of them whose names say so
 *
 * The seed is printed; the same one makes the same choices again, though not at the very same moments.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asksForHelp, usageOf } from './usage.ts';

const STORM = 'test/torture/storm.test.ts';
const SUITES = [
  'test/torture/exactly-once',
  'test/torture/concurrently',
  'test/torture/server-crash',
  'test/faults/w1',
];

interface Torture {
  readonly seed: number;
  /** 0: no storm. */
  readonly minutes: number;
  /** 0: no suites. */
  readonly rounds: number;
  /** For vitest. */
  readonly rest: readonly string[];
}

/** @throws {RangeError} {TypeError} that say what is wrong with it */
function readArguments(args: readonly string[]): Torture {
  const {
    seed,
    minutes,
    rounds,
    'test-name-pattern': name,
  } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      rounds: { type: 'string' },
      'test-name-pattern': { type: 'string', short: 't' },
    },
  }).values;
  const wantsBoth = minutes === undefined && rounds === undefined;
  return {
    seed: toNumber(seed, randomInt(1_000_000)),
    minutes: toNumber(minutes, wantsBoth ? 10 : 0),
    rounds: toNumber(rounds, wantsBoth ? 50 : 0),
    rest: name === undefined ? [] : ['-t', name],
  };
}

function toNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text !== '' && value > 0) return value;
  throw new RangeError(`${text} is no number above 0`);
}

async function run(paths: readonly string[], { seed, minutes, rounds, rest }: Torture): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), ...paths, ...rest], {
    stdio: 'inherit',
    env: {
      ...process.env,
      BFM_TORTURE_SEED: String(seed),
      BFM_TORTURE_MINUTES: String(minutes),
      BFM_TORTURE_ROUNDS: String(rounds),
    },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  const torture = readArguments(args);
  console.log(`seed ${torture.seed}: npm run torture -- --seed ${torture.seed} makes the same choices`);
  const storm = torture.minutes > 0 ? await run([STORM], torture) : 0;
  if (storm !== 0) return storm;
  return torture.rounds > 0 ? run(SUITES, torture) : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  // Node's advice about positional arguments fits no option of ours.
  const [what = ''] = error.message.split('. ');
  console.error(`${what}; npm run torture -- --help tells what there is`);
  process.exitCode = 2;
}
