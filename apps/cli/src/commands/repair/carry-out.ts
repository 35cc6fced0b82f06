import { editExitCode, presentRepair, toDryEditRun, writeEdits, type RepairPlan } from '@bfm/service';
import type { EditSettingsOptions } from '../../options/option-types.ts';
import { editSummaryView } from '../../output/edit-summary-view.ts';
import { repairView } from '../../output/repair-view.ts';
import { count } from '../../output/wording.ts';
import { ask } from '../../run/ask.ts';
import { toEditSettings } from '../../run/edit-settings.ts';
import { Interrupts } from '../../run/interrupts.ts';
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
  return write(plan, options, session);
}

async function write(
  plan: RepairPlan,
  options: EditSettingsOptions,
  { context, terminal, files, listen }: Session,
): Promise<number> {
  const { print, look } = terminal.people;
  using interrupts = new Interrupts((line) => {
    print([look.paint.warn(line)]);
  });
  listen((event) => {
    if (event.type === 'target.waiting') print([look.paint.dim(`waiting for ${event.holder}`)]);
  });
  const run = await writeEdits(plan.edits, toEditSettings(options, interrupts.stop), context);
  terminal.data(presentRepair(plan, run));
  print(editSummaryView(run, files, look));
  return editExitCode(run);
}

function questionOf({ edits }: RepairPlan): string {
  return `Write this to ${count(edits.length, 'ledger')}? No migration is run.`;
}

function nothingToChange({ unchanged }: RepairPlan): string {
  if (unchanged.length === 0) return 'Nothing to change: no target was selected that has a record of this.';
  return `Nothing to change: ${count(unchanged.length, 'target says so', 'targets say so')} already.`;
}
