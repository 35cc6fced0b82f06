import { readHistory } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import type { HistoryWork } from '../modes/history-work.ts';
import { selectingIn } from '../modes/selecting.ts';

/** Reads the events of the ledgers themselves. */
export function directHistory({ context }: Pick<Session, 'context'>): HistoryWork {
  return { ...selectingIn(context), readHistory: (request) => readHistory(request, context) };
}
