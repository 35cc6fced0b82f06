import {
  applyBaseline,
  planBaseline,
  presentBaseline,
  requireAlike,
  toDryEditRun,
  type BaselinePlan,
} from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { selectingIn } from '../modes/selecting.ts';
import type { BaselineCommandOptions } from '../options/option-types.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { usageError } from '../options/usage-error.ts';
import { baselineView } from '../output/baseline-view.ts';
import { skipsView } from '../output/skips-view.ts';
import { count } from '../output/wording.ts';
import { ask } from '../run/ask.ts';
import { writeLedgers } from '../run/write-ledgers.ts';
import { openSession, type Session } from './session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** `bfm baseline`: takes over schemas that other means have made, by marking migrations as applied. */
export async function runBaseline(options: BaselineCommandOptions, invocation: Invocation): Promise<number> {
  requireBound(options);
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const plan = await planBaseline(await buildPlanRequest('up', options, selectingIn(context)), context);
  const { print, look } = terminal.people;
  const tellPlanned = (): void => {
    terminal.data(presentBaseline(plan, toDryEditRun(plan.edits, context)));
  };
  if (plan.edits.length === 0) {
    tellPlanned();
    print(nothingLeft(plan));
    print(skipsView(plan.skips, look));
    return 0;
  }
  print([...baselineView(plan, look), ...skipsView(plan.skips, look), '']);
  if (options.allowDifferent !== true) requireAlike(plan);
  if (options.dryRun === true) {
    tellPlanned();
    print(['Dry run: nothing was changed.']);
    return 0;
  }
  if (!(await confirmed(plan, options, session))) {
    tellPlanned();
    print(['Nothing was changed.']);
    return DECLINED;
  }
  return await writeLedgers(
    {
      write: (settings) => applyBaseline(plan, settings, context),
      present: (run) => presentBaseline(plan, run),
    },
    options,
    session,
  );
}

async function confirmed(
  { edits }: BaselinePlan,
  { yes }: BaselineCommandOptions,
  { terminal }: Session,
): Promise<boolean> {
  if (yes === true || !terminal.canAsk) return true;
  return ask(`Mark these as applied on ${count(edits.length, 'target')}? bfm up will never run them there.`);
}

function nothingLeft({ skips }: BaselinePlan): readonly string[] {
  const marked = skips.filter(({ reason }) => reason === 'up_to_date').length;
  if (marked === 0) return ['Nothing to do: no schema was selected.'];
  return [`Nothing to do: ${count(marked, 'target has', 'targets have')} these marked as applied already.`];
}

/** How far the schemas have come is for a person to say: guessing wrong would skip migrations for ever. */
function requireBound({ to, all }: BaselineCommandOptions): void {
  if ((to === undefined) !== (all === undefined)) return;
  const found = to === undefined ? 'neither was given' : 'both were given';
  throw usageError(
    `a baseline needs exactly one of --to VERSION and --all, and ${found}: up to where have the schemas come?`,
    'bfm status lists the versions; add --dry-run to look before anything is changed',
  );
}
