import { BfmError } from '@bfm/core';

/** The error for a command line that makes no sense: exit 2. */
export function usageError(message: string, next: string): BfmError {
  return new BfmError('request.invalid', { message, next });
}
