import { BfmError } from '@bfm/core';

/** How to reach one PostgreSQL database; nothing in it is optional any more. */
export interface PostgresAddress {
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty: none is sent. */
  readonly password: string;
  readonly tls: 'disable' | 'require' | 'verify-full';
}

const TLS_MODES: Readonly<Record<string, PostgresAddress['tls']>> = {
  disable: 'disable',
  require: 'require',
  'verify-full': 'verify-full',
};

const ALLOWED_PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'host']);

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`. Only what is listed here is read: parameters that
 * name files or server options are refused (SECURITY S18). Without `sslmode`, loopback and sockets go without TLS and
 * everything else must be verified.
 *
 * @param name what the URL belongs to, for messages; the URL itself may hold a password and is never shown
 * @throws {config.invalid}
 */
export function parsePostgresUrl(text: string, name: string): PostgresAddress {
  const url = parseUrl(text, name);
  const host = url.searchParams.get('host') ?? decode(url.hostname, name).replace(/^\[|\]$/g, '');
  const parts = { host, database: decode(url.pathname.slice(1), name), user: decode(url.username, name) };
  for (const [part, value] of Object.entries(parts)) {
    if (value === '') throw invalid(name, `it names no ${part}`);
  }
  const { database, user } = parts;
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    password: decode(url.password, name),
    tls: tlsMode(url.searchParams.get('sslmode'), host, name),
  };
}

function parseUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) {
    throw invalid(name, 'it is not a URL of the form postgres://user:password@host:port/database');
  }
  for (const parameter of url.searchParams.keys()) {
    if (!ALLOWED_PARAMETERS.has(parameter)) throw invalid(name, `the parameter ${parameter} is not allowed`);
  }
  return url;
}

/** Where a database is, for people: no user, no password. */
export function describeAddress({ host, port, database }: PostgresAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

/** The TLS mode when none is set: off only where no network is crossed. */
export function defaultTls(host: string): PostgresAddress['tls'] {
  const isLocal = host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
  return isLocal ? 'disable' : 'verify-full';
}

function tlsMode(text: string | null, host: string, name: string): PostgresAddress['tls'] {
  if (text === null) return defaultTls(host);
  const mode = Object.hasOwn(TLS_MODES, text) ? TLS_MODES[text] : undefined;
  if (mode === undefined) {
    throw invalid(name, `sslmode ${JSON.stringify(text)} is none of ${Object.keys(TLS_MODES).join(', ')}`);
  }
  return mode;
}

function decode(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(name, 'a % in it starts no valid escape; write %25 for a percent sign');
  }
}

function invalid(name: string, why: string): BfmError {
  return new BfmError('config.invalid', {
    message: `${name} is not usable: ${why}`,
    next: `set ${name}, for example to postgres://user:password@localhost:5432/app`,
  });
}
