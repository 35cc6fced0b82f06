import type { Fault } from '@bfm/core';
import type { TargetStatus } from '@bfm/service';
import type { StatusWork } from '../modes/status-work.ts';
import type { Remote } from './open-remote.ts';
import { readTargetStatus } from './read-status.ts';
import { selectingAt } from './remote-selecting.ts';
import { toPlanOrder } from './to-plan-order.ts';

/** Has a server read the ledgers. */
export async function remoteStatus(remote: Remote): Promise<StatusWork> {
  return {
    ...(await selectingAt(remote)),
    readStatus: async (request) => {
      const { direction, ...order } = toPlanOrder(request);
      const targets: TargetStatus[] = [];
      const faults = new Map<string, Fault>();
      for await (const page of remote.each((client) => client.statuses(order))) {
        for (const target of page.targets) targets.push(readTargetStatus(target));
        // A script that is pending in targets of several parts is told of in each.
        for (const fault of page.faults) faults.set(JSON.stringify(fault), fault as unknown as Fault);
      }
      return { targets, faults: [...faults.values()] };
    },
  };
}
