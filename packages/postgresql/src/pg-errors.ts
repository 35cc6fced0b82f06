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
  if (isContended(error)) return 'contended';
  return LOST.has(code) || code.startsWith('08') ? 'lost' : 'failed';
}

/**
 * Whether two transactions changed the same entry of the server's own catalog at once, as tenants do that all make an
 * extension, replace a function or grant on a table that they share. The server does not wait there as it does for rows;
 * the one who comes too late finds on its next try what the other has made. These messages are never translated.
 */
function isCatalogRace({ code, schema, message }: pg.DatabaseError): boolean {
  if (code === '23505') return schema === 'pg_catalog';
  return code === 'XX000' && /^tuple concurrently (?:updated|deleted)$/.test(message);
}

function isContended(error: pg.DatabaseError): boolean {
  return CONTENDED.has(codeOf(error)) || isCatalogRace(error);
}

/** SQLSTATE codes for an object that is there already: schema, relation, type or constraint, function, column. */
const THERE_ALREADY: ReadonlySet<string> = new Set(['42P06', '42P07', '42710', '42723', '42701']);

/** Tells whether a statement with this SQLSTATE failed because what it makes is there. */
export function isThereAlready(sqlstate: string): boolean {
  return THERE_ALREADY.has(sqlstate);
}

const DUPLICATE_COLUMN = '42701';

/**
 * Classes an error that a statement of a migration met. One that says IF NOT EXISTS and fails because the object exists
 * has looked just before another transaction committed it; the next try sees it.
 */
export function classifyStatementError(error: unknown, statement: string | undefined): PgErrorClass {
  const found = classifyPgError(error);
  const isLate =
    found === 'failed' &&
    isThereAlready(codeOf(error)) &&
    codeOf(error) !== DUPLICATE_COLUMN &&
    /^CREATE\b[^'$;]*?\bIF\s+NOT\s+EXISTS\b/i.test(statement ?? '');
  return isLate ? 'contended' : found;
}

/** What the driver says of its own accord about a connection that is gone, or that never came about. */
const SAID_OF_CONNECTION =
  /^(?:Connection terminated|Client (?:has encountered a connection error|was closed)|Query read timeout|timeout e)/;

/**
 * Whether an error came from the server or the way to it; anything else is a mistake of a program. Node's own codes for
 * wrong arguments and the like begin with `ERR_`, as those of TLS and streams do.
 */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return true;
  const code = codeOf(error);
  if (code.startsWith('ERR_')) return /^ERR_(?:SSL|OSSL|TLS|STREAM|SOCKET)_/.test(code);
  return code !== '' || SAID_OF_CONNECTION.test(textOf(error));
}

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
