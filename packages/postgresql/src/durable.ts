import type { FenceHold } from './ledger-writes.ts';
import { BEGIN, commitMessages, own, type SeriesMessage } from './transaction-messages.ts';

/**
 * A transaction that changes nothing and whose COMMIT waits for the disk, and so for every commit before it. Only one
 * that has written to the log does: locking a row is the least that writes.
 */
export function flushMessages({ scopeId }: FenceHold, step: number): readonly SeriesMessage[] {
  return [
    own(BEGIN, step),
    own("SET LOCAL lock_timeout = '10s'", step),
    own({ text: 'SELECT FROM bfm.scope WHERE scope_id = $1 FOR KEY SHARE', values: [scopeId] }, step),
    ...commitMessages({ steps: [step], how: 'at once', waits: true, next: null }),
  ];
}
