import { planForget, planRenameConnection, requireReason } from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import type { TargetChangeOptions } from '../../options/option-types.ts';
import { parseConnection, parsePlaces } from '../../options/places.ts';
import { someNames, count } from '../../output/wording.ts';
import { locatedView } from '../../output/targets-view.ts';
import { ask } from '../../run/ask.ts';
import { openSession } from '../session.ts';
import { makeTargetChange } from '../target/change.ts';

/** `bfm repair forget-target`: gives targets up whose schemas are gone, or which are none of ours. */
export async function runForgetTarget(
  texts: readonly string[],
  options: TargetChangeOptions,
  invocation: Invocation,
): Promise<number> {
  const reason = requireReason(options.reason);
  const places = parsePlaces(texts);
  await using session = await openSession(options, invocation);
  const { look } = session.terminal.people;
  const { located, works } = await planForget(places, session.context);
  const head = look.paint.bold(
    `Repair: forget ${count(located.length, 'target')}; the schemas stay as they are`,
  );
  return await makeTargetChange(
    {
      action: 'forget-target',
      done: ['forgotten', 'Forgot'],
      reason,
      works,
      preview: [head, '', ...locatedView(located, look), '', `${look.paint.dim('because:')} ${reason}`],
      agreed: () =>
        ask(`Forget ${count(located.length, 'target')}? What is applied there is not known any more.`),
    },
    options,
    session,
  );
}

/** `bfm repair rename-connection`: the files moved to another connection's folder. */
export async function runRenameConnection(
  [from = '', to = '']: readonly string[],
  options: TargetChangeOptions,
  invocation: Invocation,
): Promise<number> {
  const reason = requireReason(options.reason);
  const names = { from: parseConnection(from), to: parseConnection(to) };
  await using session = await openSession(options, invocation);
  const { look } = session.terminal.people;
  const { works, targets, address } = await planRenameConnection(names, session.context);
  const head = `Repair: what ${names.from} has recorded in ${address} becomes ${names.to}'s`;
  const schemas = `  ${count(targets.length, 'target')}: `;
  return await makeTargetChange(
    {
      action: 'rename-connection',
      done: ['renamed', 'Renamed'],
      reason,
      works,
      preview: [
        look.paint.bold(head),
        '',
        `${schemas}${someNames(
          targets.map(({ schema }) => schema),
          look.width - schemas.length,
        )}`,
        '',
        `${look.paint.dim('because:')} ${reason}`,
      ],
      agreed: () => ask(`Rename ${names.from} to ${names.to} in this ledger?`),
    },
    options,
    session,
  );
}
