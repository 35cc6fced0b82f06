import type { Plan } from '@bfm/core';
import { dryRun } from '@bfm/service';
import type { ShownRun } from '../modes/runs-work.ts';
import type { Remote } from './open-remote.ts';
import { readRunResult } from './read-run-result.ts';

/** A run and its steps, in the order of its plan. */
export async function showRun(id: string, plan: Plan, { ask, all }: Remote): Promise<ShownRun> {
  const run = await ask((client) => client.run(id));
  const steps = await all((client) => client.steps(id));
  return { run, plan, result: readRunResult(run, steps, dryRun(plan, { newRunId: () => id })) };
}
