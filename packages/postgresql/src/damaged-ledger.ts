import { BfmError } from '@bfm/core';
import { codeOf, textOf } from './pg-errors.ts';

/** What else is known of the damage. */
export interface DamageParts {
  readonly cause?: unknown;
  /** What mends it. @default by the cause */
  readonly next?: string;
}

/** What cannot be used as a ledger: something of it is gone, or contradicts itself. */
export function damagedLedger(address: string, what: string, { cause, next }: DamageParts = {}): BfmError {
  return new BfmError('ledger.damaged', {
    message: `the ledger in ${address} cannot be used: ${what}; nothing was changed`,
    details: { address },
    next: next ?? (MISSES_FUNCTION.test(codeOf(cause)) ? REMAKE_FUNCTIONS : RESTORE),
    cause,
  });
}

/**
 * Types an error of one of BFM's own statements that speaks of schema `bfm`, where only BFM makes and drops anything;
 * `null`: it is none of these.
 */
export function toDamagedLedger(error: unknown, address: string): BfmError | null {
  return OF_LEDGER.test(codeOf(error)) ? damagedLedger(address, textOf(error), { cause: error }) : null;
}

/** SQLSTATE of a schema, table, column or function that is not there, or is there where it should not be. */
const OF_LEDGER = /^(?:3F000|42P01|42703|42883|42P06|42P07|42701|42710)$/;
const MISSES_FUNCTION = /^42883$/;

const REMAKE_FUNCTIONS =
  'have the owner of schema bfm run what this prints: bfm init --sql (it makes the functions anew), then run the same command again';
const RESTORE =
  'restore schema bfm from a backup; without one, put it aside (ALTER SCHEMA bfm RENAME TO bfm_damaged) and say what is applied with bfm baseline';
