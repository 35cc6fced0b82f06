import { BfmError, quoteWord, type Plan } from '@bfm/core';
import { presentPlan } from '@bfm/service';
import { writeReason } from '../config/system-reason.ts';
import { replaceFile } from '../config/whole-file.ts';
import type { Invocation } from '../invocation.ts';
import { openDesk } from '../modes/open-desk.ts';
import type { PlanWork } from '../modes/plan-work.ts';
import type { Ways } from '../modes/ways.ts';
import { toCommandLine } from '../options/command-line.ts';
import { refuseDownBounds, requireDownBound } from '../options/down-bound.ts';
import type { PlanCommandOptions } from '../options/option-types.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { emptySelectionView } from '../output/empty-selection-view.ts';
import { nextLine } from '../output/error-view.ts';
import { jsonText } from '../output/json-text.ts';
import { planTotals } from '../output/plan-totals.ts';
import { planView } from '../output/plan-view.ts';
import { nothingToDo } from '../output/skips-view.ts';
import { count } from '../output/wording.ts';

const WAYS: Ways<PlanWork> = {
  direct: async (session) => (await import('../direct/direct-plan.ts')).directPlan(session),
  remote: async (remote) => (await import('../remote/remote-plan.ts')).remotePlan(remote),
};

/** `bfm plan`: shows and saves what would be done; exits 6 with `--exit-code` when that is anything. */
export async function runPlanCommand(options: PlanCommandOptions, invocation: Invocation): Promise<number> {
  const direction = options.down === true ? 'down' : 'up';
  if (direction === 'down') requireDownBound(options);
  else refuseDownBounds(options);
  await using desk = await openDesk(WAYS, options, invocation);
  const { work, terminal, files } = desk;
  const plan = await work.plan(await buildPlanRequest(direction, options, work));
  const document = presentPlan(plan);
  if (options.out !== undefined) savePlan(options.out, document);
  terminal.data(document);
  const { print, look } = terminal.people;
  if (plan.groups.length === 0) {
    print(nothingToDo(plan, look));
    terminal.notes.print(emptySelectionView(plan, work, terminal.notes.look));
    return 0;
  }
  const view = { catalog: work.catalog, pathOf: (file: string) => files.pathOf(file), sql: true };
  print([...planView(plan, view, look), nextLine(nextCommand(options), look)]);
  if (options.exitCode === true) throw pendingError(plan);
  return 0;
}

function nextCommand(options: PlanCommandOptions): string {
  const verb = options.down === true ? 'bfm down' : 'bfm up';
  if (options.out === undefined) {
    const { createSchemas, outOfOrder, allowNonEmpty, ...rest } = options;
    // What may be done to go up is no option of bfm down.
    return toCommandLine(verb, options.down === true ? rest : options);
  }
  const { sfm, config, envFile, server, color } = options;
  const base = {
    color,
    ...(sfm === undefined ? {} : { sfm }),
    ...(config === undefined ? {} : { config }),
    ...(envFile === undefined ? {} : { envFile }),
    ...(server === undefined ? {} : { server }),
  };
  return `${toCommandLine(verb, base)} --plan ${quoteWord(options.out)}`;
}

function savePlan(file: string, document: Readonly<Record<string, unknown>>): void {
  try {
    replaceFile(file, fileText(document));
  } catch (error) {
    throw new BfmError('request.invalid', {
      message: `the plan cannot be written to ${file}: ${writeReason(error)}`,
      details: { where: { file } },
      next: 'give --out a file in a folder that exists, can be written to and has room',
    });
  }
}

function* fileText(document: Readonly<Record<string, unknown>>): Generator<string> {
  yield* jsonText(document);
  yield '\n';
}

function pendingError(plan: Plan): BfmError {
  const { steps, targets } = planTotals(plan);
  return new BfmError('plan.pending', {
    message: `${count(steps, 'migration')} on ${count(targets, 'target')} ${steps === 1 ? 'is' : 'are'} to be ${plan.direction === 'up' ? 'applied' : 'rolled back'}`,
    details: { steps, targets, digest: plan.digest },
    next: 'apply the plan, or leave out --exit-code',
  });
}
