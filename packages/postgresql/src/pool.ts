import pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { toUnreachable } from './pg-errors.ts';

/** What a pool is made of. */
export interface PoolOptions {
  readonly address: PostgresAddress;
  /** At most so many connections at once: the budget of this database. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
}

/** A checked-out connection. Give it back with `release`; pass the error to have it thrown away instead. */
export type PooledClient = pg.PoolClient;

/**
 * Makes a pool whose connections send queries without waiting for earlier replies (`pipeline` of pg 8.23). Connections
 * are opened as needed and closed after being idle.
 */
export function createPool({ address, connectionsMax, connectTimeoutMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...toClientConfig(address, connectTimeoutMs),
    max: connectionsMax,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
  });
  // An idle connection that the server ends is simply gone; the next checkout opens another.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Takes a connection out of the pool, waiting for one when the budget is used up.
 *
 * @throws {target.unreachable} with the address, never the password
 */
export async function checkOut(pool: pg.Pool, address: PostgresAddress): Promise<PooledClient> {
  try {
    const client = await pool.connect();
    // Without a listener a broken connection would end the process; queries in flight are rejected anyway.
    if (client.listenerCount('error') < 2) client.on('error', () => undefined);
    return client;
  } catch (error) {
    throw toUnreachable(error, describeAddress(address));
  }
}

/**
 * Cancels what a backend is doing, over a connection of its own, since the pool may be used up. Best effort: when it
 * cannot be sent, timeouts and the connection check of the server remain.
 */
export async function cancelBackend(address: PostgresAddress, pid: number): Promise<void> {
  const client = new pg.Client(toClientConfig(address, 5_000));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]);
  } catch {
    // Nothing to do: see above.
  } finally {
    await client.end().catch(() => undefined);
  }
}

function toClientConfig(address: PostgresAddress, connectTimeoutMs: number): pg.ClientConfig {
  const { host, port, database, user, password, tls } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: tls === 'disable' ? false : { rejectUnauthorized: tls === 'verify-full' },
    application_name: 'bfm',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // In @types/pg 8.23.1 the option is not declared yet.
    ...{ pipeline: true },
  };
}
