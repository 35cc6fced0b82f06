import { BfmError, isBfmError, networkReason } from '@bfm/core';

/** Classes and codes of PostgreSQL that go away by themselves or by somebody looking after the server. */
const UNAVAILABLE = /^(?:08|53|57|58|25006|25P0|28|3D|40|55P03)/;
/** Of a text that holds what no PostgreSQL can keep: a NUL, half a character. */
const NO_TEXT = /^(?:22021|22P05)$/;
const NO_TABLES = /^(?:42P01|42703|42883|3F000|42501)$/;

/** What an error of the driver means to whoever uses the state; no bound value gets into it. */
export function toStateError(error: unknown, address: string): unknown {
  if (isBfmError(error)) return error;
  const sqlState = sqlStateOf(error);
  if (sqlState !== null && NO_TABLES.test(sqlState)) return notReady(address, error);
  if (sqlState === null || UNAVAILABLE.test(sqlState)) return unavailable(error, sqlState, address);
  if (NO_TEXT.test(sqlState)) return noText(error);
  return refusedChange(error, sqlState, address);
}

function sqlStateOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function noText(error: unknown): BfmError {
  return new BfmError('request.invalid', {
    message: 'a text holds a NUL, which no database of BFM can keep; nothing was changed',
    next: 'leave it out',
    cause: error,
  });
}

/** Tells whether the database gave up a transaction only because of others, so that the same may succeed at once. */
export function isCollision(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  return sqlState === '40001' || sqlState === '40P01';
}

/** A constraint said no: what was written broke a promise of the tables, which is a fault of ours. */
function refusedChange(error: unknown, sqlState: string, address: string): BfmError {
  const { constraint, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return new BfmError('internal.invariant', {
    message: `the state at ${address} refused a change (${sqlState}${typeof constraint === 'string' ? `, ${constraint}` : ''}); nothing was changed`,
    details: { sqlState, constraint: constraint ?? null, text: String(message) },
    cause: error,
  });
}

/** The error of a database in which BFM has made no tables yet. */
export function notReady(address: string, cause?: unknown): BfmError {
  return new BfmError('state.not_ready', {
    message: `the tables of BFM's state are not there, or may not be read, at ${address}`,
    details: { address },
    next: 'start bfm serve once with a login that may create them, and check BFM_STATE_SCHEMA and the rights on it',
    cause,
  });
}

function unavailable(error: unknown, sqlState: string | null, address: string): unknown {
  const text = error instanceof Error ? error.message : '';
  const isDriver = sqlState !== null || networkReason(error) !== null || DRIVER.test(text);
  // What is thrown by whoever works with the state is theirs.
  if (!isDriver) return error;
  const why =
    sqlState === null ? (networkReason(error)?.reason ?? 'no answer in time') : `it says ${sqlState}`;
  return new BfmError('state.unavailable', {
    message: `BFM's state at ${address} cannot be used now: ${why}`,
    details: { address, sqlState },
    next: 'check the PostgreSQL that BFM_STATE_URL leads to; what was asked for can be asked for again',
    cause: error,
  });
}

const DRIVER =
  /timeout|timed out|Connection terminated|Client has encountered|not queryable|does not support SSL|SASL|password must be/i;
