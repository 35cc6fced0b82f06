import { didYouMean } from '@bfm/core';
import type { UrlReading } from './address.ts';

/** What a PostgreSQL URL says; what it does not say is `null`. */
export interface PostgresUrl {
  readonly host: string;
  readonly port: number | null;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  /** By name: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. */
  readonly parameters: ReadonlyMap<UrlParameter, string>;
}

/** What may stand behind the `?`. */
export type UrlParameter = 'sslmode' | 'sslrootcert' | 'sslcert' | 'sslkey';

const PARAMETERS: readonly UrlParameter[] = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

const FORM = 'postgres://user:password@host:5432/database';

const ESCAPES = 'write / as %2F, # as %23, ? as %3F, % as %25, @ as %40, : as %3A';

/** What URLs written for other programs hold, and where it goes here. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ['options', 'BFM sets what its sessions need itself'],
  ['schema', 'set {CONN}_SCHEMA instead'],
  ['pgbouncer', 'set {CONN}_POOLED=true instead'],
  ['connect_timeout', 'set {CONN}_CONNECT_TIMEOUT instead'],
  ['connection_limit', 'set {CONN}_MAX_CONNECTIONS instead'],
  ['channel_binding', 'leave it out, verify-full already keeps others out of the middle'],
  ['application_name', 'BFM calls itself bfm'],
  ['password', 'write it before the host, or set {CONN}_DB_PASSWORD'],
]);

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`. Only what is listed here is read; anything else is
 * refused rather than ignored. The host may be `[::1]`, or the folder of a socket: `%2Frun%2Fpostgresql` or `?host=/run/postgresql`.
 */
export function readPostgresUrl(text: string): UrlReading<PostgresUrl> {
  const shape = shapeFault(text);
  if (shape !== null) return { ok: false, reasons: [shape] };
  const reasons: string[] = [];
  const url = new URL(withHost(text));
  const hostname = url.hostname === NO_HOST ? '' : url.hostname;
  const value: PostgresUrl = {
    host: queryOf(url).get('host') ?? part(hostname, reasons).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? null : Number(url.port),
    database: part(url.pathname.slice(1), reasons),
    user: part(url.username, reasons),
    password: url.password === '' ? null : part(url.password, reasons),
    parameters: readParameters(url, reasons),
  };
  const all = [...reasons, ...valueFaults(value, url)];
  return all.length === 0 ? { ok: true, value } : { ok: false, reasons: [...new Set(all)] };
}

/** Stands where no host is named, which is no URL to the web, and one of a socket to libpq. */
const NO_HOST = 'bfm-no-host';

function withHost(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=:\d*(?:[/?#]|$)|[/?#]|$)/i, `$1${NO_HOST}`);
}

function valueFaults(value: PostgresUrl, url: URL): readonly string[] {
  const absent = (['host', 'database', 'user'] as const).filter((name) => value[name] === '');
  return [
    ...absent.map((name) => `it names no ${name}`),
    ...(url.pathname.slice(1).includes('/') ? ['a / follows the database; in its name, write %2F'] : []),
    ...(url.hash === '' ? [] : ['a # follows its end']),
    ...(value.port === 0 ? [NO_PORT] : []),
  ];
}

const NO_PORT = 'its port is not a number from 1 to 65535';

/** Says why a text cannot be taken apart at all; looks at what is no secret first. */
function shapeFault(text: string): string | null {
  const scheme = /^postgres(?:ql)?:\/\//i.exec(text)?.[0] ?? null;
  if (scheme === null) return `it is not a URL of the form ${FORM}`;
  if (text.trim() !== text) return 'white space stands before or behind it';
  // What takes URLs apart leaves these out without a word.
  if (/[\t\r\n]/.test(text)) return 'a line break or a tab stands inside it';
  const rest = text.slice(scheme.length);
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  // Without an escape, the first / ? # of a password ends what a URL takes for user, password and host.
  if (rest.slice(authority.length).includes('@')) {
    return `its user or password seems to hold a / ? or # as it is: in these, ${ESCAPES}`;
  }
  const host = hostPartFault(authority.slice(authority.lastIndexOf('@') + 1));
  if (host !== null || URL.canParse(withHost(text))) return host;
  return `it is not a URL of the form ${FORM}; in user and password, ${ESCAPES}`;
}

function hostPartFault(host: string): string | null {
  if (host.includes(',')) return 'it names several hosts; BFM goes to one';
  const port = /:([^:\]]*)$/.exec(host)?.[1] ?? '';
  return port === '' || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) ? null : NO_PORT;
}

/** A plus sign is a plus sign, as libpq has it. */
function queryOf(url: URL): URLSearchParams {
  return new URLSearchParams(url.search.replaceAll('+', '%2B'));
}

function readParameters(url: URL, reasons: string[]): ReadonlyMap<UrlParameter, string> {
  const found = new Map<UrlParameter, string>();
  const seen = new Set<string>();
  for (const [name, value] of queryOf(url)) {
    if (seen.has(name)) reasons.push(`it says ${shown(name)} twice`);
    seen.add(name);
    const parameter = PARAMETERS.find((known) => known === name);
    if (parameter !== undefined) found.set(parameter, value);
    else if (name !== 'host') reasons.push(unknownParameter(name));
  }
  return found;
}

function unknownParameter(name: string): string {
  const hint = OF_OTHERS.get(name);
  if (hint !== undefined) return `${shown(name)} is no parameter BFM knows: ${hint}`;
  const known = [...PARAMETERS, 'host'];
  return `${shown(name)} is none of the parameters BFM knows (${known.join(', ')})${didYouMean(name, known)}`;
}

/** Names are no secrets: what could be the rest of a password was refused with the shape. */
function shown(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : 'something behind the ?';
}

function part(text: string, reasons: string[]): string {
  try {
    const decoded = decodeURIComponent(text);
    if (decoded.includes('\0')) reasons.push('it holds a NUL character');
    return decoded;
  } catch {
    reasons.push('a % in it starts no valid escape; write %25 for a percent sign');
    return text;
  }
}
