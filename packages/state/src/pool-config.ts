import type pg from 'pg';
import type { StateAddress, StateLimits } from './state-address.ts';
import { toTlsOptions } from './tls-options.ts';

/** Where a pool leads, and how far it may go. */
export interface PoolConfigOptions {
  readonly address: StateAddress;
  readonly limits: StateLimits;
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
