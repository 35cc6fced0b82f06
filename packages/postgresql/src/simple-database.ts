import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { ConnectionPool, type PooledClient, type PoolOptions } from './pool.ts';
import { DEFAULT_POOL_LIMITS } from './pool-limits.ts';
import { together } from './together.ts';

/** A PostgreSQL database for single statements that have nothing to do with targets, also behind a pooler. */
export interface SimpleDatabase {
  /** Where it is, for people, without secrets. */
  readonly address: string;
  /** Runs one reading statement. */
  read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs one statement in a transaction of its own that may write. */
  write<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What it is opened with. */
export interface SimpleDatabaseOptions extends Pick<PoolOptions, 'nowMs' | 'sleep'> {
  readonly address: PostgresAddress;
  /** Statements, and the way there, take no longer than this. */
  readonly deadlineMs: number;
}

/** Opens a database on first use. */
export function openSimpleDatabase(options: SimpleDatabaseOptions): SimpleDatabase {
  const { address, deadlineMs, nowMs, sleep } = options;
  const limits = {
    ...DEFAULT_POOL_LIMITS,
    connectTimeoutMs: deadlineMs,
    checkoutTimeoutMs: deadlineMs,
    deadlineMs,
  };
  // Nothing of a session is needed, so that a pooler may stand before it.
  const pool = new ConnectionPool({ route: { address, pooled: true }, limits, nowMs, sleep });
  const run =
    (begin: string) =>
    async <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
      const client = await pool.checkOut();
      try {
        const rows = await inTransaction<Row>(client, begin, { text, values, deadlineMs });
        client.release();
        return rows;
      } catch (error) {
        client.release(error instanceof Error ? error : true);
        throw error;
      }
    };
  return {
    address: describeAddress(address),
    read: run('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY'),
    write: run('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'),
    close: () => pool.close(),
  };
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly deadlineMs: number;
}

const DEADLINE = "SELECT pg_catalog.set_config('statement_timeout', $1, true)";

async function inTransaction<Row extends object>(
  client: PooledClient,
  begin: string,
  { text, values, deadlineMs }: Statement,
): Promise<readonly Row[]> {
  const sent = together(
    client,
    () =>
      [
        client.query(begin),
        client.query(DEADLINE, [`${Math.ceil(deadlineMs)}ms`]),
        client.query(text, [...values]),
        client.query('COMMIT'),
      ] as const,
  );
  const [, , { rows }] = await Promise.all(sent);
  return rows as readonly Row[];
}
