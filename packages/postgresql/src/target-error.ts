import { BfmError, type Target } from '@bfm/core';
import { classifyPgError, textOf, toUnreachable } from './pg-errors.ts';

/** Types an error that happened while a target was held, but in none of its steps. */
export function toTargetError(error: unknown, { connection, schema }: Target): unknown {
  const where = { connection, schema };
  switch (classifyPgError(error)) {
    case 'fenced':
      return new BfmError('target.fence_lost', {
        message: `another run took ${connection}/${schema} over: ${textOf(error)}`,
        details: { where },
        next: 'look at what that run did with bfm history, then run the same command again',
        cause: error,
      });
    case 'lost':
      return toUnreachable(error, `${connection}/${schema}`);
    default:
      return error;
  }
}
