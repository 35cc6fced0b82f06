import type pg from 'pg';
import type { StateAddress, StateLimits } from './state-address.ts';
import { toTlsOptions } from './tls-options.ts';

/** Where a pool leads, and how far it may go. */
export interface PoolConfigOptions {
  readonly address: StateAddress;
  readonly limits: StateLimits;
}

/** The connections of one pool at one moment. */
export interface StatePool {
  /** What they are for. */
  readonly use: 'work' | 'heartbeats' | 'queue';
  readonly connectionsMax: number;
  readonly busy: number;
  readonly idle: number;
  /** How many wait for one. */
  readonly waiting: number;
}

/** What a pool says of itself. */
export function toStatePool(use: StatePool['use'], pool: pg.Pool): StatePool {
  const { totalCount, idleCount, waitingCount } = pool;
  const busy = totalCount - idleCount;
  return { use, connectionsMax: pool.options.max, busy, idle: idleCount, waiting: waitingCount };
}

/** How every pool of the state is set up. */
export function toPoolConfig({ address, limits }: PoolConfigOptions): pg.PoolConfig {
  const { host, port, database, user, password } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: toTlsOptions(address),
    application_name: 'bfm-state',
    max: limits.connectionsMax,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    // The server is the first to give up.
    query_timeout: limits.statementTimeoutMs + 1_000,
    idleTimeoutMillis: limits.idleTimeoutMs,
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
