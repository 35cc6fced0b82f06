import pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { Permits } from './permits.ts';
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
 * The connections of one database, at most so many at once. They send queries without waiting for earlier replies
 * (`pipeline` of pg 8.23), are opened as needed and closed after being idle.
 */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #permits: Permits;
  readonly #address: PostgresAddress;

  constructor({ address, connectionsMax, connectTimeoutMs }: PoolOptions) {
    this.#address = address;
    this.#permits = new Permits(connectionsMax);
    this.#pool = new pg.Pool({
      ...toClientConfig(address, connectTimeoutMs),
      max: connectionsMax,
      idleTimeoutMillis: 10_000,
      allowExitOnIdle: true,
    });
    // An idle connection that the server ends is simply gone; the next checkout opens another.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Takes a connection, waiting for one when the budget is used up. The pool's own queue is never used: its timeout
   * is meant for connecting, and would fail whoever waits behind a long migration.
   *
   * @throws {target.unreachable} with the address, never the password
   */
  async checkOut(): Promise<PooledClient> {
    await this.#permits.acquire();
    try {
      const client = await this.#pool.connect();
      // Without a listener a broken connection would end the process; queries in flight are rejected anyway.
      if (client.listenerCount('error') < 2) client.on('error', () => undefined);
      const giveBack = client.release.bind(client);
      client.release = (error) => {
        giveBack(error);
        this.#permits.release();
      };
      return client;
    } catch (error) {
      this.#permits.release();
      throw toUnreachable(error, describeAddress(this.#address));
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#pool.end();
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

/**
 * Connections write only inside an explicit READ WRITE transaction: if a BEGIN is lost or cancelled, what was sent behind
 * it cannot take effect on its own. As start-up options they survive RESET ALL. The server frees the locks of a client
 * whose network died within half a minute.
 */
const SESSION_OPTIONS = [
  'default_transaction_read_only=on',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=30000',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** What a client of its own, apart from the pool's, connects with. */
export function toClientConfig(address: PostgresAddress, connectTimeoutMs: number): pg.ClientConfig {
  const { host, port, database, user, password, tls } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: tls === 'disable' ? false : { rejectUnauthorized: tls === 'verify-full' },
    application_name: 'bfm',
    options: SESSION_OPTIONS,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // In @types/pg 8.23.1 the option is not declared yet.
    ...{ pipeline: true },
  };
}
