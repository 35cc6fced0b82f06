import type { Plan } from '@bfm/core';
import type { Desk } from '../modes/open-desk.ts';
import type { PlanWork } from '../modes/plan-work.ts';
import { planTotals } from '../output/plan-totals.ts';
import { planView, warningsView } from '../output/plan-view.ts';
import { count } from '../output/wording.ts';
import { ask } from './ask.ts';

/**
 * Shows what will happen and asks, when it is something to think about and somebody is there to answer: on the way down,
 * and before what has no way back. Without a question, only the warnings are shown. True when the run may go on.
 */
export async function confirm(
  plan: Plan,
  { yes }: { readonly yes: boolean },
  { terminal, work, files }: Pick<Desk<PlanWork>, 'terminal' | 'work' | 'files'>,
): Promise<boolean> {
  const { migrations, targets, irreversible } = planTotals(plan);
  const { print, look } = terminal.notes;
  const view = { catalog: work.catalog, pathOf: (file: string) => files.pathOf(file), sql: false };
  if (yes || !terminal.canAsk || (plan.direction === 'up' && irreversible === 0)) {
    print(warningsView(plan, view, look));
    return true;
  }
  print([...planView(plan, view, look), '']);
  const amount = `${count(migrations, 'migration')} on ${count(targets, 'target')}`;
  const question =
    plan.direction === 'down'
      ? `Roll back ${amount}? What they made is lost.`
      : `Apply ${amount}? ${irreversible} can never be rolled back.`;
  return ask(question);
}
