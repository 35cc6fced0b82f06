import { BfmError, isBfmError, quoteWord } from '@bfm/core';
import { toDamagedLedger } from './damaged-ledger.ts';
import { classifyPgError, codeOf, isConnectionError, textOf } from './pg-errors.ts';
import { toUnreachable } from './unreachable.ts';

/**
 * Types an error of one of BFM's own statements, which no migration is to blame for: the login may not do it, the
 * database takes no writes, somebody locks what BFM keeps there, or it cannot be reached. Anything else, such as a mistake of BFM's own, is given back as it is.
 *
 * @param login who we are there, as far as known
 */
export function toStoreError(error: unknown, address: string, login = 'LOGIN'): unknown {
  if (isBfmError(error)) return error;
  if (codeOf(error) === INSUFFICIENT_PRIVILEGE) {
    return new BfmError('target.denied', {
      message: `the login may not do what BFM needs in PostgreSQL at ${address}: ${textOf(error)}`,
      details: { address, sqlstate: INSUFFICIENT_PRIVILEGE },
      next: `have a DBA run what this prints: bfm init --sql --migrator ${quoteWord(login)} (or grant CREATE on the database to the login)`,
      cause: error,
    });
  }
  if (READ_ONLY.has(codeOf(error))) {
    return new BfmError('target.read_only', {
      message: `PostgreSQL at ${address} takes no writes: it is a standby or set to read-only`,
      details: { address, sqlstate: codeOf(error) },
      next: 'point the connection at the primary',
      cause: error,
    });
  }
  if (codeOf(error) === LOCK_NOT_AVAILABLE) {
    return new BfmError('target.locked', {
      message: `another session holds what BFM keeps in PostgreSQL at ${address}, and did not let go of it in time: ${textOf(error)}`,
      details: { address, sqlstate: LOCK_NOT_AVAILABLE },
      next: 'bfm doctor names sessions that are idle in a transaction; end the one that holds it, or wait for its end, then run the same command again',
      cause: error,
    });
  }
  const isLost = classifyPgError(error) === 'lost' && isConnectionError(error);
  return isLost ? toUnreachable(error, address) : error;
}

/** The same of a statement that speaks of nothing but the ledger: something of it may be gone. */
export function toLedgerError(error: unknown, address: string, login?: string): unknown {
  return toDamagedLedger(error, address) ?? toStoreError(error, address, login);
}

const INSUFFICIENT_PRIVILEGE = '42501';
const LOCK_NOT_AVAILABLE = '55P03';
/** A transaction that may not write; and one that wanted to in a server that is in recovery, which nothing else of BFM's gets. */
const READ_ONLY: ReadonlySet<string> = new Set(['25006', '0A000']);
