import type pg from 'pg';
import type { StateDatabaseOptions } from './state-database.ts';
import { toTlsOptions } from './tls-options.ts';

/** How every pool of the state is set up. */
export function toPoolConfig({
  address,
  limits,
}: Pick<StateDatabaseOptions, 'address' | 'limits'>): pg.PoolConfig {
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
