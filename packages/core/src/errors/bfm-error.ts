import { ERROR_CATALOG, type ErrorCode, type ErrorSpec } from './error-catalog.ts';
import type { Where } from './where.ts';

/** One thing found wrong, small enough to stand in a list of many. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where: Where;
  /** What to do about it. */
  readonly mend: string;
}

/** What programs read of an error; never a secret, never a bound parameter. */
export interface ErrorDetails {
  readonly where?: Where;
  /** All faults, when several were found at once. */
  readonly faults?: readonly Fault[];
  /** Anything else, by name: numbers, names, checksums. */
  readonly [name: string]: unknown;
}

/** What a {@link BfmError} is made of. */
export interface BfmErrorInit {
  /** For people: what was found, where, what was left unchanged. */
  readonly message: string;
  readonly details?: ErrorDetails;
  /** The next command or act that mends it. */
  readonly next?: string;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('bfm.error');

/** The one error class: a code from the catalogue, a text for people, details for programs, a cause for logs. */
export class BfmError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly next: string | null;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, init: BfmErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'BfmError';
    this.code = code;
    this.details = init.details ?? {};
    this.next = init.next ?? null;
  }

  /** The text for people; the same as `message`. */
  get publicMessage(): string {
    return this.message;
  }

  /** Category, statuses and retryability of the code. */
  get spec(): ErrorSpec {
    return ERROR_CATALOG[this.code];
  }
}

/** Tells whether a value is a {@link BfmError}, also one of another copy of this package. */
export function isBfmError(value: unknown): value is BfmError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Makes one error of several faults: the first speaks for all, all are in `details.faults`. */
export function toFaultsError(faults: readonly [Fault, ...Fault[]], next?: string): BfmError {
  const [first] = faults;
  const message = faults.length === 1 ? first.message : `${first.message} (and ${faults.length - 1} more)`;
  return new BfmError(first.code, {
    message,
    details: { where: first.where, faults },
    next: next ?? first.mend,
  });
}
