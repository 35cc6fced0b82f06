import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  /** Every contender runs once per round. */
  readonly rounds: number;
  /** Migrations of the one-schema workload. */
  readonly migrations: number;
  /** Tenant schemas of the fleet workload. */
  readonly tenants: number;
  /** Migrations per tenant of the fleet workload. */
  readonly migrationsPerTenant: number;
  /** Connections at which the fleet workload is run. */
  readonly connections: readonly number[];
  /** Only contenders whose name holds this text. */
  readonly only: string;
}

/** Connections of every contender when nothing else is said; also BFM's own default. */
export const DEFAULT_CONNECTIONS = 4;

/** Reads the command line of `node bench/run.ts`. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  const size = values.quick ? { migrations: 100, tenants: 25 } : { migrations: 1_000, tenants: 500 };
  return { rounds, ...size, migrationsPerTenant: 20, connections: [1, 2, 4, 8], only: values.only };
}
