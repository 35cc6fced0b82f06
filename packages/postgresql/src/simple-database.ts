import type pg from 'pg';
import type { Answer } from './pipeline.ts';
import { textOf } from './pg-errors.ts';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { ConnectionPool, type PooledClient, type PoolOptions } from './pool.ts';
import { DEFAULT_POOL_LIMITS } from './pool-limits.ts';
import { BEGIN, own } from './transaction-messages.ts';
import { together } from './together.ts';
import { Exchange } from './wire/exchange.ts';

/** A PostgreSQL database for single statements that have nothing to do with targets, also behind a pooler. */
export interface SimpleDatabase {
  /** Where it is, for people, without secrets. */
  readonly address: string;
  /** Runs one reading statement. */
  read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs one statement in a transaction of its own that may write, and gives the first row of its answer. */
  write<Row extends object>(text: string, values: readonly unknown[]): Promise<Row | null>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What it is opened with. */
export interface SimpleDatabaseOptions extends Pick<PoolOptions, 'nowMs' | 'sleep'> {
  readonly address: PostgresAddress;
  /** Statements, and the way there, take no longer than this. */
  readonly deadlineMs: number;
}

/** They take no longer than their answers; a renewal need not wait behind one that does. */
const CONNECTIONS_MAX = 2;

/** Opens a database on first use. */
export function openSimpleDatabase(options: SimpleDatabaseOptions): SimpleDatabase {
  const { address, deadlineMs, nowMs, sleep } = options;
  const limits = {
    ...DEFAULT_POOL_LIMITS,
    connectionsMax: CONNECTIONS_MAX,
    connectTimeoutMs: deadlineMs,
    checkoutTimeoutMs: deadlineMs,
    deadlineMs,
  };
  // Nothing of a session is needed, so that a pooler may stand before it.
  const pool = new ConnectionPool({ route: { address, pooled: true }, limits, nowMs, sleep });
  const onClient = async <T>(work: (client: PooledClient) => Promise<T>): Promise<T> => {
    const client = await pool.checkOut();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    }
  };
  return {
    address: describeAddress(address),
    read: (text, values) => onClient((client) => readAll(client, { text, values, deadlineMs })),
    write: (text, values) => onClient((client) => writeOne(client, { text, values, deadlineMs }, nowMs)),
    close: () => pool.close(),
  };
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly deadlineMs: number;
}

function deadlineQuery({ deadlineMs }: Statement): pg.QueryConfig {
  return {
    text: "SELECT pg_catalog.set_config('statement_timeout', $1, true)",
    values: [`${Math.ceil(deadlineMs)}ms`],
  };
}

async function readAll<Row extends object>(
  client: PooledClient,
  statement: Statement,
): Promise<readonly Row[]> {
  const sent = together(
    client,
    () =>
      [
        client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY'),
        client.query(deadlineQuery(statement)),
        client.query(statement.text, [...statement.values]),
        client.query('COMMIT'),
      ] as const,
  );
  const [, , { rows }] = await Promise.all(sent);
  return rows as readonly Row[];
}

/** As one group, which the server reads and answers in one go: after an error it passes over the rest. */
async function writeOne<Row extends object>(
  client: PooledClient,
  statement: Statement,
  nowMs: () => number,
): Promise<Row | null> {
  using exchange = new Exchange(client, nowMs);
  const { text, values } = statement;
  const asked = { ...own({ text, values: [...values] }, 0), describe: true };
  let row: Answer['firstRow'] = null;
  const error = await exchange.run(
    [own(BEGIN, 0), own(deadlineQuery(statement), 0), asked, own('COMMIT', 0)],
    (message, answer) => {
      if (message === asked) row = answer.firstRow;
    },
  );
  if (error !== null) throw error instanceof Error ? error : new Error(textOf(error));
  return row;
}
