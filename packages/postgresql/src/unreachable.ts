import {
  BfmError,
  isBfmError,
  maskSecret,
  nameVariables,
  networkReason,
  type NetworkReason,
} from '@bfm/core';
import type { PostgresAddress } from './connection-address.ts';
import { codeOf, textOf } from './pg-errors.ts';
import { poolerFound } from './pooler-signs.ts';

const CHECK = 'check address, user and password of the connection, and that the server is up';

const BY_CODE: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: {
    reason: 'nothing listens there',
    next: 'start the server, or mend host and port of the connection',
  },
  ENOENT: { reason: 'there is no such socket', next: CHECK },
  '28P01': { reason: 'the password was refused', next: 'mend user and password of the connection' },
  '3D000': {
    reason: 'the database does not exist',
    next: 'create it, or mend the name of the database in the connection',
  },
  '53300': {
    reason: 'it has no connection left to give',
    next: 'lower {CONN}_MAX_CONNECTIONS, or raise max_connections of the server',
  },
};

/** What has no code of its own, told by its text. */
const BY_TEXT: readonly (readonly [RegExp, NetworkReason])[] = [
  [
    /^The server does not support SSL connections$/,
    {
      reason: 'it offers no TLS',
      next: 'turn ssl on in the server; or, where nobody else is on the network, set {CONN}_SSLMODE=disable',
    },
  ],
  [
    /^There was an error establishing an SSL connection$/,
    { reason: 'what answers there does not speak the protocol of PostgreSQL', next: CHECK },
  ],
  [/^timeout expired$|due to connection timeout$/, { reason: 'no answer in time', next: CHECK }],
  [
    /no encryption$/,
    {
      reason: 'the login was refused without TLS',
      next: 'set {CONN}_SSLMODE=verify-full, with {CONN}_SSLROOTCERT when its certificate is signed privately',
    },
  ],
  [
    /client certificate|alert certificate required/i,
    { reason: 'it wants a TLS certificate from us', next: 'set {CONN}_SSLCERT and {CONN}_SSLKEY' },
  ],
];

/**
 * The error for a store that cannot be reached or does not let us in.
 *
 * @param to what was connected to; `null`: a connection that stood already
 */
export function toUnreachable(error: unknown, address: string, to: PostgresAddress | null = null): BfmError {
  if (isBfmError(error)) return error;
  const code = codeOf(error);
  if (to !== null && /unsupported startup parameter/.test(textOf(error))) {
    return poolerFound(to, 'it does not take the options of a session');
  }
  const { reason, next } = to === null ? explain(error, code) : explainConnecting(error, code, to);
  // A server says what it likes, the password that it was given among it.
  const said = to === null ? reason : maskSecret(reason, to.password);
  return new BfmError('target.unreachable', {
    message: `cannot use PostgreSQL at ${address}: ${said}`,
    details: { address, ...(code === '' ? {} : { sqlstate: code }) },
    next: nameVariables(next, to?.advice.connections ?? []),
    cause: error,
  });
}

/** What there is to say when the address itself is known. */
function explainConnecting(
  error: unknown,
  code: string,
  { password, advice }: PostgresAddress,
): NetworkReason {
  if (password === '' && (code === '28P01' || NO_PASSWORD.test(textOf(error)))) return WANTS_PASSWORD;
  const found = explain(error, code);
  const { startedBy } = advice;
  if (startedBy === null || !NOBODY_THERE.has(code)) return found;
  return { ...found, next: `start it with ${startedBy}, or mend host and port of the connection` };
}

/** What pg says itself when the server asks for what it has not got. */
const NO_PASSWORD = /client password must be a (?:non-empty )?string/;

const NOBODY_THERE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT']);

const WANTS_PASSWORD: NetworkReason = {
  reason: 'it wants a password, and the connection has none',
  next: 'set {CONN}_DB_PASSWORD, or {CONN}_DB_PASSWORD_FILE to a file that holds it, or write it into {CONN}_URL: postgres://user:password@...',
};

function explain(error: unknown, code: string): NetworkReason {
  const text = textOf(error);
  const found = BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? BY_CODE[code] ?? networkReason(error);
  if (found !== null) return found;
  if (code === '28000') return { reason: `the login was refused: ${text}`, next: CHECK };
  if (/^ERR_(?:SSL|OSSL|TLS)_/.test(code)) {
    return {
      reason: `TLS failed: ${text}`,
      next: 'check {CONN}_SSLMODE, {CONN}_SSLROOTCERT, {CONN}_SSLCERT and {CONN}_SSLKEY',
    };
  }
  return { reason: text, next: CHECK };
}
