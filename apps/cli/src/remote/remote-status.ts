import { compareText, type Fault } from '@bfm/core';
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
      const lists = new SharedLists();
      const faults = new Map<string, Fault>();
      for (const page of await remote.all((client) => client.statuses(order))) {
        for (const target of page.targets) targets.push(lists.share(readTargetStatus(target)));
        // A script that is pending in targets of several parts is told of in each.
        for (const fault of page.faults) faults.set(JSON.stringify(fault), fault as unknown as Fault);
      }
      return { targets: targets.sort(byPlace), faults: [...faults.values()] };
    },
  };
}

/** In the order of direct mode. */
function byPlace(a: TargetStatus, b: TargetStatus): number {
  return compareText(placeOf(a), placeOf(b));
}

function placeOf({ target }: TargetStatus): string {
  return `${target.connection}/${target.schema ?? ''}`;
}

/** Targets of a fleet that stand alike share their lists, as they do in direct mode: views go through each once. */
class SharedLists {
  readonly #known = new Map<string, object>();

  share(status: TargetStatus): TargetStatus {
    return { ...status, pending: this.#one(status.pending), drift: this.#one(status.drift) };
  }

  #one<List extends object>(list: List): List {
    const key = JSON.stringify(list);
    const known = this.#known.get(key) ?? list;
    this.#known.set(key, known);
    return known as List;
  }
}
