import type { PlanWork } from '../modes/plan-work.ts';
import type { Remote } from './open-remote.ts';
import { readPlan } from './read-plan.ts';
import { selectingAt } from './remote-selecting.ts';
import { toPlanOrder } from './to-plan-order.ts';

/** Has a server plan. */
export async function remotePlan(remote: Remote): Promise<PlanWork> {
  return {
    ...(await selectingAt(remote)),
    sfm: null,
    plan: async (request) => {
      const plan = readPlan(await remote.ask((client) => client.planGroups(toPlanOrder(request))));
      remote.files.know(plan);
      return plan;
    },
  };
}
