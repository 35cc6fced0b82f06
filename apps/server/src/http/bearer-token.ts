import { BfmError } from '@bfm/core';

/**
 * The token of the Authorization headers of a request.
 *
 * @throws {auth.missing} there is none
 * @throws {auth.invalid} there are several, or it is not a bearer's
 */
export function readBearerToken(values: readonly string[]): string {
  const [value = ''] = values;
  if (value.trim() === '') throw refuse('auth.missing', 'missing Authorization header');
  const [, scheme = '', token = ''] = /^(\S+)[ \t]+(.*)$/.exec(value.trim()) ?? [];
  if (values.length > 1 || token === '') throw refuse('auth.invalid', 'invalid Authorization header format');
  if (scheme.toLowerCase() !== 'bearer') {
    throw refuse('auth.invalid', 'authorization header must use Bearer scheme');
  }
  return token;
}

const NEXT = 'Send the header `Authorization: Bearer TOKEN`.';

function refuse(code: 'auth.missing' | 'auth.invalid', message: string): BfmError {
  return new BfmError(code, { message, next: NEXT });
}
