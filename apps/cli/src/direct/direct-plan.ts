import { planMigrations } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import type { PlanWork } from '../modes/plan-work.ts';
import { selectingIn } from '../modes/selecting.ts';

/** Plans over the ledgers themselves. */
export function directPlan({ context, sfm }: Pick<Session, 'context' | 'sfm'>): PlanWork {
  return { ...selectingIn(context), sfm, plan: (request) => planMigrations(request, context) };
}
