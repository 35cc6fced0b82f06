import { BfmError, ERROR_CATALOG, type ErrorCode, type ErrorDetails } from '@bfm/core';

/** An error as it stands in a document of a server. */
export type WireError = Readonly<Record<string, unknown>>;

/** Makes an error of what a server has recorded of one; one that this version does not know is told all the same. */
export function readError({ code, message, details, next }: WireError): BfmError {
  const isKnown = typeof code === 'string' && Object.hasOwn(ERROR_CATALOG, code);
  return new BfmError(isKnown ? (code as ErrorCode) : 'server.bad_answer', {
    message: typeof message === 'string' ? message : 'the server tells of an error, and not which',
    details: (details ?? {}) as ErrorDetails,
    ...(typeof next === 'string' ? { next } : {}),
  });
}
