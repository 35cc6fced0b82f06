import type pg from 'pg';
import type { PostgresAddress } from './connection-address.ts';
import { toTlsOptions } from './tls-options.ts';

/** Where a database is, and whether a pooler stands before it that lends sessions for one transaction only. */
export interface Route {
  readonly address: PostgresAddress;
  readonly pooled: boolean;
}

/**
 * Connections write only inside an explicit READ WRITE transaction: if a BEGIN is lost or cancelled, what was sent behind
 * it cannot take effect on its own. As start-up options they survive RESET ALL. The server frees the locks of a client
 * whose network died within half a minute, and those of a client that is frozen when it has not been heard of for too long.
 */
function sessionOptions(silenceMs: number | null): string {
  const settings = silenceMs === null ? SETTINGS : [...SETTINGS, ...silenceSettings(silenceMs)];
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

/** What a step sets for its transaction it reads in the last one. */
function silenceSettings(ms: number): readonly string[] {
  const names = ['idle_session_timeout', 'idle_in_transaction_session_timeout', 'bfm.idle_timeout'];
  return names.map((name) => `${name}=${Math.ceil(ms)}ms`);
}

const SETTINGS = [
  'default_transaction_read_only=on',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=30000',
];

/** What a client connects with; a session that is only lent takes no options of ours. */
export function toClientConfig(
  { address, pooled }: Route,
  connectTimeoutMs: number,
  silenceMs: number | null = null,
): pg.ClientConfig {
  const { host, port, database, user, password } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: toTlsOptions(address),
    application_name: 'bfm',
    ...(pooled ? {} : { options: sessionOptions(silenceMs) }),
    connectionTimeoutMillis: connectTimeoutMs,
    // A connection on which nothing is under way notices within some twenty seconds that the other side has gone.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // In @types/pg 8.23.1 the option is not declared yet.
    ...{ pipeline: true },
  };
}
