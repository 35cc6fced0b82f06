import { BfmError } from '@bfm/core';
import type { Metadata } from '@grpc/grpc-js';

const NEXT = 'Send `authorization: Bearer TOKEN` in the metadata.';

/**
 * The token of a call's metadata.
 *
 * @throws {auth.missing} there is none
 * @throws {auth.invalid} there are several, or it is not a bearer's
 */
export function readBearerToken(metadata: Metadata): string {
  const values = metadata.get('authorization');
  if (values.length === 0) {
    throw new BfmError('auth.missing', { message: 'missing authorization metadata', next: NEXT });
  }
  const [value] = values;
  // Of a header that came twice Node keeps the first; a comma is what others would have joined them by.
  const token =
    values.length === 1 && typeof value === 'string' ? /^bearer ([^\s,]+)$/i.exec(value)?.[1] : undefined;
  if (token === undefined) {
    throw new BfmError('auth.invalid', {
      message: 'the authorization metadata is not one bearer token',
      next: NEXT,
    });
  }
  return token;
}
