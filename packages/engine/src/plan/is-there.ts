import { isInTarget, type LedgerStatus } from '@bfm/core';

/** Whether something of a migration is in a target, wholly or in part. */
export function isThere(status: LedgerStatus | undefined): boolean {
  return status !== undefined && (isInTarget(status) || status === 'started');
}
