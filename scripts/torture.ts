/**
 * `npm run torture`: faults upon faults, and the checker after each. A storm strikes many processes, tenants, servers and
 * networks at random, as its seed decides; further suites kill, race and crash what is most delicate, round after round.
 * `npm test` runs two minutes of the storm and a few rounds of the rest.
 *
 *     npm run torture                              ten minutes of storm, then fifty rounds of each suite
 *     npm run torture -- --seed 7 --minutes 30     the storm alone, as long as that
 *     npm run torture -- --rounds 200              the suites alone, so many rounds of each
 *     npm run torture -- --rounds 200 -t "two bfm up"     what vitest takes goes on to it
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

function readArguments(args: readonly string[]): Torture {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, minutes: { type: 'string' }, rounds: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const own = new Set(
    tokens.flatMap((token) =>
      token.kind === 'option' && /^(?:seed|minutes|rounds)$/.test(token.name)
        ? [token.index, ...(token.inlineValue === true ? [] : [token.index + 1])]
        : [],
    ),
  );
  const wantsBoth = values.minutes === undefined && values.rounds === undefined;
  return {
    seed: toNumber(values.seed, randomInt(1_000_000)),
    minutes: toNumber(values.minutes, wantsBoth ? 10 : 0),
    rounds: toNumber(values.rounds, wantsBoth ? 50 : 0),
    rest: args.filter((_, index) => !own.has(index)),
  };
}

function toNumber(text: string | boolean | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (typeof text === 'string' && text !== '' && value >= 0) return value;
  throw new RangeError(`${String(text)} is no number; npm run torture -- --help tells what there is`);
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
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
