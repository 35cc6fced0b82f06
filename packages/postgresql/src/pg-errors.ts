import { BfmError, isBfmError } from '@bfm/core';
import pg from 'pg';

/** The SQLSTATE that the ledger's fence function raises; class BF is used by nothing else. */
export const FENCE_SQLSTATE = 'BFM01';

/** The SQLSTATE that the same function raises when the target's schema was dropped meanwhile. */
export const SCHEMA_GONE_SQLSTATE = 'BFM02';

/** The SQLSTATE raised when the ledger says already what is to be recorded. */
export const ALREADY_RECORDED_SQLSTATE = 'BFM03';

/** SQLSTATE codes of PostgreSQL 15 to 18 (appendix A of its manual) that decide what BFM does next. */
const CONTENDED: ReadonlySet<string> = new Set(['55P03', '40P01', '40001']);
const LOST: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', '25P03']);

/** What an error of the driver means for a series. */
export type PgErrorClass = 'failed' | 'contended' | 'lost' | 'fenced' | 'cancelled' | 'aborted';

/** Classes an error by its SQLSTATE; one without is the connection's. `aborted` only echoes an earlier error. */
export function classifyPgError(error: unknown): PgErrorClass {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return 'lost';
  const { code } = error;
  if (code === FENCE_SQLSTATE || code === SCHEMA_GONE_SQLSTATE) return 'fenced';
  if (code === '25P02') return 'aborted';
  if (code === '57014') return 'cancelled';
  if (CONTENDED.has(code)) return 'contended';
  return LOST.has(code) || code.startsWith('08') ? 'lost' : 'failed';
}

/**
 * Types an error of one of BFM's own statements, which no migration is to blame for: the login may not do it, the
 * database takes no writes, or it cannot be reached. Anything else is given back as it is.
 */
export function toStoreError(error: unknown, address: string): unknown {
  if (isBfmError(error)) return error;
  if (codeOf(error) === INSUFFICIENT_PRIVILEGE) {
    return new BfmError('target.denied', {
      message: `the login may not do what BFM needs in PostgreSQL at ${address}: ${textOf(error)}`,
      details: { address, sqlstate: INSUFFICIENT_PRIVILEGE },
      next: 'grant CREATE on the database, or have schema bfm made by its owner and granted to this login',
      cause: error,
    });
  }
  if (codeOf(error) === READ_ONLY_TRANSACTION) {
    return new BfmError('target.read_only', {
      message: `PostgreSQL at ${address} takes no writes: it is a standby or set to read-only`,
      details: { address, sqlstate: READ_ONLY_TRANSACTION },
      next: 'point the connection at the primary',
      cause: error,
    });
  }
  return classifyPgError(error) === 'lost' ? toUnreachable(error, address) : error;
}

const INSUFFICIENT_PRIVILEGE = '42501';
const READ_ONLY_TRANSACTION = '25006';

/** The error for a store that cannot be reached or does not let us in. */
export function toUnreachable(error: unknown, address: string): BfmError {
  const code = codeOf(error);
  const reason = REASONS[code] ?? textOf(error);
  return new BfmError('target.unreachable', {
    message: `cannot use PostgreSQL at ${address}: ${reason}`,
    details: { address, ...(code === '' ? {} : { sqlstate: code }) },
    next: 'check address, user and password of the connection, and that the server is up',
    cause: error,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'no answer in time',
  '28P01': 'the password was refused',
  '28000': 'the login was refused',
  '3D000': 'the database does not exist',
};

/** The SQLSTATE or system error code of an error; empty when it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Node tries several addresses of a name and gives all their errors.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return '';
}

/** The text of an error, never empty. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'unknown error' : text;
}
