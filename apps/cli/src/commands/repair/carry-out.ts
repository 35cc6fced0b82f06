import { presentRepair, toDryEditRun, writeEdits, type RepairPlan } from '@bfm/service';
import type { EditSettingsOptions } from '../../options/option-types.ts';
import { repairView } from '../../output/repair-view.ts';
import { count } from '../../output/wording.ts';
import { ask } from '../../run/ask.ts';
import { writeLedgers } from '../../run/write-ledgers.ts';
import type { Session } from '../session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** Shows a repair, asks where somebody is there to answer, and writes it. */
export async function carryOutRepair(
  plan: RepairPlan,
  options: EditSettingsOptions,
  session: Session,
): Promise<number> {
  const { context, terminal } = session;
  const { print, look } = terminal.people;
  const tellPlanned = (line: string): void => {
    terminal.data(presentRepair(plan, toDryEditRun(plan.edits, context)));
    print([line]);
  };
  if (plan.edits.length === 0) {
    tellPlanned(nothingToChange(plan));
    return 0;
  }
  print([...repairView(plan, context.catalog, look), '']);
  if (options.dryRun === true) {
    tellPlanned('Dry run: nothing was changed.');
    return 0;
  }
  if (options.yes !== true && terminal.canAsk && !(await ask(questionOf(plan)))) {
    tellPlanned('Nothing was changed.');
    return DECLINED;
  }
  return await writeLedgers(
    {
      write: (settings) => writeEdits(plan.edits, settings, context),
      present: (run) => presentRepair(plan, run),
    },
    options,
    session,
  );
}

function questionOf({ edits }: RepairPlan): string {
  return `Write this to ${count(edits.length, 'ledger')}? No migration is run.`;
}

function nothingToChange({ unchanged }: RepairPlan): string {
  if (unchanged.length === 0) return 'Nothing to change: no target was selected that has a record of this.';
  return `Nothing to change: ${count(unchanged.length, 'target says so', 'targets say so')} already.`;
}
