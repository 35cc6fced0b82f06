import { optionalReason, planDropTargets, type DropPlan } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { TargetChangeOptions } from '../../options/option-types.ts';
import { parsePlaces } from '../../options/places.ts';
import { usageError } from '../../options/usage-error.ts';
import { locatedView } from '../../output/targets-view.ts';
import { count } from '../../output/wording.ts';
import { askToType } from '../../run/ask.ts';
import { openSession } from '../session.ts';
import { makeTargetChange } from './change.ts';

/** `bfm target drop`: drops schemas with everything in them, and gives their targets up. */
export async function runTargetDrop(
  texts: readonly string[],
  options: TargetChangeOptions,
  invocation: Invocation,
): Promise<number> {
  const places = parsePlaces(texts);
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  if (options.yes !== true && options.dryRun !== true && !terminal.canAsk) throw nobodyToAsk();
  const plan = await planDropTargets(places, { allowFixed: options.yes === true }, context);
  const { look } = terminal.people;
  const schemas = plan.works.length;
  const head = look.paint.bold(
    `Drop: ${count(schemas, 'schema')} with everything in ${schemas === 1 ? 'it' : 'them'}`,
  );
  return await makeTargetChange(
    {
      action: 'drop',
      done: ['dropped', 'Dropped'],
      reason: optionalReason(options.reason),
      works: plan.works,
      preview: [head, '', ...locatedView(plan.located, look)],
      agreed: () => askForName(plan),
    },
    options,
    session,
  );
}

function askForName({ works }: DropPlan): Promise<boolean> {
  const [schema] = [...new Set(works.flatMap(({ places }) => places.map((place) => place.schema)))];
  if (works.length === 1 && schema !== undefined) {
    return askToType("What is in it is lost for ever. Type the schema's name to drop it:", schema);
  }
  return askToType(
    `What is in them is lost for ever. Type how many schemas are to go (${works.length}):`,
    String(works.length),
  );
}

/** Going down may be done by a script without a word; this may not: no file says how to get it back. */
function nobodyToAsk(): Error {
  return usageError(
    'dropping schemas asks for their names, and nobody is there to answer; nothing was changed',
    'add --yes to drop them all the same, or --dry-run to see what would go',
  );
}
