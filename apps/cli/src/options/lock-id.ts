import { usageError } from './usage-error.ts';

/**
 * Reads what a hold is released by: `connection/schema@TOKEN`, with `+LEASE` behind it where there is a lease.
 *
 * @throws {request.invalid}
 */
export function parseLockId(text: string): string {
  if (/^[^/]+\/.+@(?:\d+|\d*\+[^+@]+)$/s.test(text)) return text;
  throw usageError(
    `${JSON.stringify(text)} is no id of a lock: it has the form connection/schema@TOKEN, or connection/schema@TOKEN+LEASE where there is a lease`,
    'bfm lock list shows the ids as they are to be given, such as core/shop@7',
  );
}
