import type { RunsWork } from '../modes/runs-work.ts';
import { followRun } from './follow-run.ts';
import { Leaving } from './leaving.ts';
import type { Remote } from './open-remote.ts';
import { readPlan } from './read-plan.ts';
import { showRun } from './show-run.ts';

/** The runs of a server. */
export function remoteRuns(remote: Remote): RunsWork {
  const { ask } = remote;
  const planOf: RunsWork['planOf'] = async (id) => {
    const plan = readPlan(await ask((client) => client.runPlan(id)));
    remote.files.know(plan);
    return plan;
  };
  return {
    planOf,
    list: (wanted) => ask((client) => client.runPage(wanted)),
    show: async (id) => showRun(id, await planOf(id), remote),
    watch: async (runId, { plan, display }) => {
      using leaving = new Leaving();
      return await followRun(remote, { runId, plan, display, signal: leaving.signal });
    },
    cancel: (id) => ask((client) => client.cancel(id)),
    pause: (id) => ask((client) => client.pause(id)),
    resume: (id) => ask((client) => client.resume(id)),
    retry: (id) => ask((client) => client.retry(id)),
  };
}
