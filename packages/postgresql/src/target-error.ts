import { BfmError, type Target } from '@bfm/core';
import { classifyPgError, textOf } from './pg-errors.ts';
import { toLedgerError } from './store-error.ts';

/** Types an error that happened while a target was held, but in none of its steps. */
export function toTargetError(error: unknown, { connection, schema }: Target): unknown {
  if (classifyPgError(error) !== 'fenced') return toLedgerError(error, `${connection}/${schema}`);
  return new BfmError('target.fence_lost', {
    message: `another run took ${connection}/${schema} over: ${textOf(error)}`,
    details: { where: { connection, schema } },
    next: 'look at what that run did with bfm history, then run the same command again',
    cause: error,
  });
}
