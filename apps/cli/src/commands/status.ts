import { BfmError, toFaultsError, type Fault } from '@bfm/core';
import { presentStatus, type TargetStatus } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { openDesk } from '../modes/open-desk.ts';
import type { StatusWork } from '../modes/status-work.ts';
import type { Ways } from '../modes/ways.ts';
import type { StatusCommandOptions } from '../options/option-types.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { errorView, nextLine, withPaths, type FileFinder } from '../output/error-view.ts';
import type { Look } from '../output/look.ts';
import { describeState } from '../output/status-state.ts';
import { statusView } from '../output/status-view.ts';
import type { Screen } from '../output/terminal.ts';
import { unknownTenantsView } from '../output/unknown-tenants-view.ts';
import { count } from '../output/wording.ts';
import { statusNextSteps } from './status-next-steps.ts';

const UNREACHABLE = 8;

const WAYS: Ways<StatusWork> = {
  direct: async (session) => (await import('../direct/direct-status.ts')).directStatus(session),
  remote: async (remote) => (await import('../remote/remote-status.ts')).remoteStatus(remote),
};

/** `bfm status`: exits 0 whatever is pending, unless asked otherwise; 8 when a store cannot be reached. */
export async function runStatus(options: StatusCommandOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(WAYS, options, invocation);
  const { work, terminal, files } = desk;
  const request = await buildPlanRequest('up', options, work);
  const { targets, faults } = await work.readStatus(request);
  terminal.data(presentStatus(targets, faults));
  if (terminal.quiet) tellWanting(withShownPaths(targets, files), terminal.urgent);
  else {
    const { print, look } = terminal.people;
    print(
      targets.length === 0
        ? ['No target is selected or known yet.']
        : statusView(withShownPaths(targets, files), look),
    );
    const known = targets.map(({ target }) => target);
    print(unknownTenantsView(known, { request, catalog: work.catalog }, look));
    print(faultsView(faults, files, look));
    for (const next of statusNextSteps(targets, options, work)) print([nextLine(next, look)]);
  }
  if (targets.some(({ unreachable }) => unreachable !== null)) return UNREACHABLE;
  if (options.exitCode === true) refusePending(targets);
  return 0;
}

/** Errors that name files as people see them; whatever targets share they go on to share. */
function withShownPaths(targets: readonly TargetStatus[], files: FileFinder): readonly TargetStatus[] {
  return targets.map((status) => {
    if (status.unfinished.length === 0) return status;
    const unfinished = status.unfinished.map((each) => ({
      ...each,
      error: each.error === null ? null : withPaths(each.error, files),
    }));
    return { ...status, unfinished };
  });
}

/** What is pending and cannot run: the next up refuses it. */
function faultsView([first, ...rest]: readonly Fault[], files: FileFinder, look: Look): readonly string[] {
  return first === undefined ? [] : ['', ...errorView(toFaultsError([first, ...rest]), files, look), ''];
}

/** With `--quiet`: only what is not as it should be. */
function tellWanting(targets: readonly TargetStatus[], { print, look }: Screen): void {
  const wanting = targets.filter((status) => describeState(status).colour !== 'good');
  if (wanting.length > 0) print(statusView(wanting, look));
}

function refusePending(targets: readonly TargetStatus[]): void {
  const wanting = targets.filter(({ pending, drift }) => pending.length > 0 || drift.length > 0);
  if (wanting.length === 0) return;
  throw new BfmError('plan.pending', {
    message: `${count(wanting.length, 'target')} of ${targets.length} ${wanting.length === 1 ? 'is' : 'are'} not up to date`,
    details: { targets: wanting.length },
    next: 'bfm plan shows what is to be done',
  });
}
