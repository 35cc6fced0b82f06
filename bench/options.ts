import { parseArgs } from 'node:util';

/** The workloads, each of which can be measured alone. */
export const SUITE_NAMES = ['w1', 'w2', 'w3', 'w4', 'w5', 'start', 'memory', 'fences'] as const;

/** One of {@link SUITE_NAMES}. */
export type SuiteName = (typeof SUITE_NAMES)[number];

/** How large the workloads are. */
export interface Sizes {
  /** w1: migrations in one schema. */
  readonly migrations: number;
  /** w2: tenant schemas, and migrations in each. */
  readonly tenants: number;
  readonly migrationsPerTenant: number;
  /** w2 to w4: tenants that dbmate is run on; it is started for each, so that its time can be multiplied. */
  readonly sampledTenants: number;
  /** w4: existing schemas, few and many. */
  readonly fewSchemas: number;
  readonly manySchemas: number;
  /** w5: targets, and migrations applied in each. */
  readonly targets: number;
  readonly migrationsPerTarget: number;
  /** memory: tenants, few and many. */
  readonly smallFleet: number;
  readonly largeFleet: number;
}

/** What is measured, and how. */
export interface BenchOptions {
  readonly suites: readonly SuiteName[];
  /** Every contender runs once per round. */
  readonly rounds: number;
  readonly postgres: 15 | 18;
  /** Keep the rounds of an earlier run with the same sizes, and add what is missing. */
  readonly resume: boolean;
  /** Measure nothing, report what is there. */
  readonly reportOnly: boolean;
  readonly sizes: Sizes;
  readonly isQuick: boolean;
}

/** Connections at which workloads over many schemas are run. */
export const CONNECTIONS = [1, 2, 4, 8] as const;

/** BFM's own default. */
export const DEFAULT_CONNECTIONS = 4;

const FULL: Sizes = {
  migrations: 200,
  tenants: 500,
  migrationsPerTenant: 20,
  sampledTenants: 50,
  fewSchemas: 5_000,
  manySchemas: 10_000,
  targets: 10_000,
  migrationsPerTarget: 500,
  smallFleet: 50,
  largeFleet: 5_000,
};

const QUICK: Sizes = {
  migrations: 50,
  tenants: 20,
  migrationsPerTenant: 10,
  sampledTenants: 4,
  fewSchemas: 100,
  manySchemas: 200,
  targets: 200,
  migrationsPerTarget: 50,
  smallFleet: 10,
  largeFleet: 100,
};

const ROUNDS = 3;

/** What is wrong with a command line. */
export class OptionError extends Error {}

/**
 * Reads the command line of `node bench/run.ts`.
 *
 * @throws OptionError that says what is wrong with it
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  return {
    suites: values.only.split(',').map(toSuiteName),
    rounds: toRounds(values.rounds ?? String(values.quick ? 1 : ROUNDS)),
    postgres: toMajor(values.postgres),
    resume: values.resume,
    reportOnly: values.report,
    sizes: values.quick ? QUICK : FULL,
    isQuick: values.quick,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseKnown> {
  try {
    return parseKnown(args);
  } catch (error) {
    // Node's texts begin with what is wrong; the advice about positional arguments behind it fits no option of ours.
    const [text = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new OptionError(`${text}. npm run bench -- --help tells what there is.`, { cause: error });
  }
}

function parseKnown(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: SUITE_NAMES.join(',') },
      rounds: { type: 'string' },
      postgres: { type: 'string', default: '18' },
      quick: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  }).values;
}

function toSuiteName(text: string): SuiteName {
  const found = SUITE_NAMES.find((name) => name === text);
  if (found === undefined) {
    throw new OptionError(`--only takes some of ${SUITE_NAMES.join(',')}, not ${text}`);
  }
  return found;
}

function toRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new OptionError('--rounds takes a whole number from 1');
  return rounds;
}

function toMajor(text: string): 15 | 18 {
  if (text === '15') return 15;
  if (text === '18') return 18;
  throw new OptionError('--postgres takes 15 or 18');
}
