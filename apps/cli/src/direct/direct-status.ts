import { readPendingFaults, readStatus } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import { selectingIn } from '../modes/selecting.ts';
import type { StatusWork } from '../modes/status-work.ts';

/** Reads the ledgers themselves. */
export function directStatus({ context }: Pick<Session, 'context'>): StatusWork {
  return {
    ...selectingIn(context),
    readStatus: async (request) => {
      const targets = await readStatus(request, context);
      return { targets, faults: await readPendingFaults(targets, context) };
    },
  };
}
