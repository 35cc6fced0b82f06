import { BfmError, nameVariables } from '@bfm/core';
import pg from 'pg';
import { toClientConfig, type Route } from './client-config.ts';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { Permits } from './permits.ts';
import type { PoolLimits, PoolStatistics } from './pool-limits.ts';
import { backendOf, GuardedClient, poolerFound } from './pooler-signs.ts';
import { closeAtOnce, Looker } from './silence/looker.ts';
import { SilenceWatch } from './silence/silence-watch.ts';
import type { ConnectingListener } from './postgres-store-options.ts';
import { toUnreachable } from './unreachable.ts';

/** What a pool is made of; see {@link PostgresStoreOptions}. */
export interface PoolOptions {
  readonly route: Route;
  readonly limits: PoolLimits;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onConnecting?: ConnectingListener | undefined;
}

/** A database that takes longer to say that it is there is not. */
const CHECK_WITHIN_MS = 3_000;

/** A checked-out connection. Give it back with `release`; pass the error to have it thrown away instead. */
export interface PooledClient extends pg.PoolClient {
  /** Sees to it that nobody waits on it for a server that is not there. */
  readonly watch: SilenceWatch;
  /** The backend that works for it, where a pooler lends one for each transaction; `null`: nobody knows. */
  lentBackend: number | null;
  /** When its transaction began there, as {@link LENT_SINCE} tells; `null`: nobody knows. */
  lentSince: string | null;
}

/**
 * The connections of one database, at most so many at once. They send queries without waiting for earlier replies
 * (`pipeline` of pg 8.23), are opened as needed and closed after being idle.
 */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #permits: Permits;
  readonly #options: PoolOptions;
  readonly #address: string;
  /** Connections that were looked at when they were new. */
  readonly #known = new WeakSet<pg.PoolClient>();
  readonly #open = new Set<pg.PoolClient>();
  #checking: Promise<void> | null = null;
  readonly #counts = { checkouts: 0, waits: 0, waitedMs: 0, timeouts: 0, opened: 0, failures: 0 };

  constructor(options: PoolOptions) {
    const { route, limits } = options;
    this.#options = options;
    this.#address = describeAddress(route.address);
    this.#permits = new Permits(limits.connectionsMax);
    this.#pool = new pg.Pool({
      ...toClientConfig(route, limits.connectTimeoutMs, limits.silenceMs),
      Client: GuardedClient,
      max: limits.connectionsMax,
      idleTimeoutMillis: idleTimeoutMs(options),
      maxLifetimeSeconds: Math.ceil(limits.lifetimeMs / 1000),
      allowExitOnIdle: true,
    });
    this.#pool.on('connect', (client) => {
      this.#counts.opened += 1;
      this.#open.add(client);
      // Without a listener a connection that breaks while it is lent would end the process; what is in flight on it is
      // rejected anyway. The pool's own listener is there only while it is idle.
      client.on('error', () => undefined);
    });
    this.#pool.on('remove', (client) => this.#open.delete(client));
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
      const client = this.#watched(await this.#connect());
      const giveBack = client.release.bind(client);
      client.release = (error) => {
        client.watch[Symbol.dispose]();
        giveBack(error);
        this.#permits.release();
      };
      this.#counts.checkouts += 1;
      return client;
    } catch (error) {
      this.#permits.release();
      this.#counts.failures += 1;
      throw toUnreachable(error, this.#address, this.#options.route.address);
    }
  }

  /**
   * Asks the database for a sign of life, unless all connections are in use. Whoever asks meanwhile hears the same.
   *
   * @throws {target.unreachable}
   */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    if (!this.#permits.isFree) return;
    const client = await this.checkOut();
    try {
      // pg takes it for a query, too; its types know only of connections.
      await client.query({ text: 'SELECT 1', query_timeout: CHECK_WITHIN_MS } as pg.QueryConfig);
      client.release();
    } catch (error) {
      client.release(true);
      throw toUnreachable(error, this.#address, this.#options.route.address);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const connecting = this.#pool.connect();
    this.#options.onConnecting?.(this.#address, connecting);
    const client = await connecting;
    const isGuarded = client instanceof GuardedClient && client.isGuarded;
    if (this.#options.route.pooled || this.#known.has(client) || isGuarded) {
      this.#known.add(client);
      return client;
    }
    client.release(true);
    throw poolerFound(this.#options.route.address, 'it does not pass on the options of a session');
  }

  #watched(client: pg.PoolClient): PooledClient {
    const { route, limits, nowMs, sleep } = this.#options;
    // The pool makes no others.
    if (!(client instanceof GuardedClient)) throw new Error('a connection of another kind');
    const guarded: GuardedClient = client;
    guarded.noteAnswered();
    const watch: SilenceWatch = new SilenceWatch({
      connection: {
        stream: guarded.stream,
        answeredBytes: () => guarded.answeredBytes,
        backend: (): number | null => (route.pooled ? lent.lentBackend : backendOf(client) || null),
      },
      deadlineMs: limits.deadlineMs,
      nowMs,
      sleep,
      openLooker: () => new Looker(route, sleep, () => lent.lentSince),
    });
    const lent: PooledClient = Object.assign(client, { watch, lentBackend: null, lentSince: null });
    return lent;
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

  /** Ends all connections, without waiting for what servers say to it: one that is not there would keep the process alive. */
  async close(): Promise<void> {
    await this.#pool.end();
    for (const client of this.#open) closeAtOnce(client);
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
    throw tooBusy(this.#options.route.address, limits);
  }
}

/** Ours go before the server ends them: one that is gone is noticed only when it is used. */
function idleTimeoutMs({ route, limits }: PoolOptions): number {
  return route.pooled
    ? limits.idleTimeoutMs
    : Math.min(limits.idleTimeoutMs || Infinity, limits.silenceMs / 2);
}

function tooBusy(to: PostgresAddress, { connectionsMax, checkoutTimeoutMs }: PoolLimits): BfmError {
  const address = describeAddress(to);
  return new BfmError('target.busy', {
    message: `all ${connectionsMax} connections to PostgreSQL at ${address} were busy for ${checkoutTimeoutMs} ms`,
    details: { address },
    next: nameVariables(
      'raise {CONN}_MAX_CONNECTIONS or {CONN}_CHECKOUT_TIMEOUT, or lower --concurrency',
      to.advice.connections,
    ),
  });
}
