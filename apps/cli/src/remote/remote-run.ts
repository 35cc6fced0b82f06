import { dryRun, requireSame } from '@bfm/service';
import type { CarriedOut, Order, RunWork } from '../modes/plan-work.ts';
import { followRun } from './follow-run.ts';
import { Leaving } from './leaving.ts';
import type { Remote } from './open-remote.ts';
import { remotePlan } from './remote-plan.ts';
import { showRun } from './show-run.ts';
import { toRunOrder } from './to-run-order.ts';

/** Has a server carry plans out, and follows what it does. */
export async function remoteRun(remote: Remote): Promise<RunWork> {
  const planning = await remotePlan(remote);
  return {
    ...planning,
    replan: async (request, digest) => requireSame(await planning.plan(request), digest),
    dryRun: (plan) => dryRun(plan, { newRunId: () => crypto.randomUUID() }),
    prepare: () => Promise.resolve(),
    carryOut: (order) => carryOut(order, remote),
  };
}

async function carryOut({ plan, options, display, note }: Order, remote: Remote): Promise<CarriedOut> {
  using leaving = new Leaving();
  // Not given up by a signal: then nobody would know whether there is a run.
  const { id: runId } = await remote.ask((client) => client.start(toRunOrder(plan, options)));
  if (options.detach === true) return { kind: 'left', runId, why: 'detached' };
  note(`run ${runId} at ${remote.url}`);
  const hasEnded = await followRun(remote, { runId, plan, display, signal: leaving.signal });
  if (!hasEnded) return { kind: 'left', runId, why: 'interrupted' };
  const { result } = await showRun(runId, plan, remote);
  return { kind: 'ended', result };
}
