import type { BfmError } from '@bfm/core';

/** The wire form of an error, without its cause. */
export function presentError(error: BfmError): Record<string, unknown> {
  return {
    code: error.code,
    message: error.publicMessage,
    details: error.details,
    ...(error.next === null ? {} : { next: error.next }),
  };
}
