import type { StatementProgress } from '@bfm/core';
import { escapeLine } from './escape.ts';

/** How far a long statement has come, in a few words; texts from the server are escaped. */
export function describeProgress({ phase, done, total, unit, waitingFor }: StatementProgress): string {
  const parts = [escapeLine(phase)];
  if (total !== null && total > 0) {
    parts.push(`${Math.floor((100 * Math.min(done, total)) / total)} % of ${total} ${unit}`);
  } else if (done > 0) parts.push(`${done} ${unit}`);
  if (waitingFor !== null) parts.push(`waits for ${escapeLine(waitingFor)}`);
  return parts.join(', ');
}
