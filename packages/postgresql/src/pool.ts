import { BfmError } from '@bfm/core';
import pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { Permits } from './permits.ts';
import type { PoolLimits, PoolStatistics } from './pool-limits.ts';
import { toTlsOptions } from './tls-options.ts';
import { toUnreachable } from './unreachable.ts';

/** What a pool is made of. */
export interface PoolOptions {
  readonly address: PostgresAddress;
  readonly limits: PoolLimits;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
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
  readonly #options: PoolOptions;
  readonly #counts = { checkouts: 0, waits: 0, waitedMs: 0, timeouts: 0, opened: 0, failures: 0 };

  constructor(options: PoolOptions) {
    const { address, limits } = options;
    this.#options = options;
    this.#permits = new Permits(limits.connectionsMax);
    this.#pool = new pg.Pool({
      ...toClientConfig(address, limits.connectTimeoutMs),
      max: limits.connectionsMax,
      idleTimeoutMillis: limits.idleTimeoutMs,
      maxLifetimeSeconds: Math.ceil(limits.lifetimeMs / 1000),
      allowExitOnIdle: true,
    });
    this.#pool.on('connect', () => (this.#counts.opened += 1));
    // An idle connection that the server ends is simply gone; the next checkout opens another.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Takes a connection, waiting for one when the budget is used up. The pool's own queue is never used: its timeout
   * is meant for connecting, and would fail whoever waits behind a long migration.
   *
   * @throws {target.unreachable} {target.busy} with the address, never the password
   */
  async checkOut(): Promise<PooledClient> {
    await this.#acquirePermit();
    try {
      const client = await this.#pool.connect();
      // Without a listener a broken connection would end the process; queries in flight are rejected anyway.
      if (client.listenerCount('error') < 2) client.on('error', () => undefined);
      const giveBack = client.release.bind(client);
      client.release = (error) => {
        giveBack(error);
        this.#permits.release();
      };
      this.#counts.checkouts += 1;
      return client;
    } catch (error) {
      this.#permits.release();
      this.#counts.failures += 1;
      throw toUnreachable(error, describeAddress(this.#options.address));
    }
  }

  /** The connections now, and what happened to them so far. */
  statistics(): PoolStatistics {
    const { totalCount, idleCount } = this.#pool;
    return {
      connectionsMax: this.#options.limits.connectionsMax,
      open: totalCount,
      busy: totalCount - idleCount,
      idle: idleCount,
      waiting: this.#permits.waiting,
      ...this.#counts,
    };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #acquirePermit(): Promise<void> {
    if (this.#permits.tryAcquire()) return;
    const { nowMs, sleep, limits } = this.#options;
    const startedMs = nowMs();
    const timer = new AbortController();
    const { checkoutTimeoutMs } = limits;
    const givingUp = checkoutTimeoutMs === 0 ? undefined : sleep(checkoutTimeoutMs, timer.signal);
    const acquired = await this.#permits.acquire(givingUp);
    timer.abort();
    this.#counts.waits += 1;
    this.#counts.waitedMs += nowMs() - startedMs;
    if (acquired) return;
    this.#counts.timeouts += 1;
    throw tooBusy(describeAddress(this.#options.address), limits);
  }
}

function tooBusy(address: string, { connectionsMax, checkoutTimeoutMs }: PoolLimits): BfmError {
  return new BfmError('target.busy', {
    message: `all ${connectionsMax} connections to PostgreSQL at ${address} were busy for ${checkoutTimeoutMs} ms`,
    details: { address },
    next: 'raise {CONN}_MAX_CONNECTIONS or {CONN}_CHECKOUT_TIMEOUT, or lower --concurrency',
  });
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
  const { host, port, database, user, password } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: toTlsOptions(address),
    application_name: 'bfm',
    options: SESSION_OPTIONS,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // In @types/pg 8.23.1 the option is not declared yet.
    ...{ pipeline: true },
  };
}
