import type { ShownRun } from '../../modes/runs-work.ts';
import type { SummaryInput } from '../../output/run-summary-view.ts';

/** What a summary tells of a run that is over. */
export function summaryOf({ run, plan, result }: ShownRun): SummaryInput {
  const began = Date.parse(run.started_at ?? run.created_at);
  return {
    result,
    direction: plan.direction,
    durationMs: Math.max(0, Date.parse(run.finished_at ?? run.created_at) - began),
    again: `bfm run retry ${run.id}`,
  };
}
