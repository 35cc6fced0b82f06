import type { TargetStatus } from '@bfm/service';
import { presentStatus } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { openDesk } from '../modes/open-desk.ts';
import type { StatusWork } from '../modes/status-work.ts';
import type { Ways } from '../modes/ways.ts';
import type { DriftCommandOptions } from '../options/option-types.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { driftView } from '../output/drift-view.ts';
import { nextLine } from '../output/error-view.ts';
import { troubleSteps } from './status-next-steps.ts';

const UNREACHABLE = 8;
/** A person must decide. */
const DRIFTED = 6;

const WAYS: Ways<StatusWork> = {
  direct: async (session) => (await import('../direct/direct-status.ts')).directStatus(session),
  remote: async (remote) => (await import('../remote/remote-status.ts')).remoteStatus(remote),
};

/** `bfm drift`: exits 6 when ledgers and files disagree somewhere, else 8 when a store cannot be reached. */
export async function runDrift(options: DriftCommandOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(WAYS, options, invocation);
  const { work, terminal } = desk;
  const { targets } = await work.readStatus(await buildPlanRequest('up', options, work));
  terminal.data(presentDrift(targets));
  const exitCode = exitCodeOf(targets);
  const { print, look } = exitCode === 0 ? terminal.people : terminal.urgent;
  print([...driftView(targets, look), ...troubleSteps(targets).map((next) => nextLine(next, look))]);
  return exitCode;
}

function exitCodeOf(targets: readonly TargetStatus[]): number {
  if (targets.some(({ drift }) => drift.length > 0)) return DRIFTED;
  return targets.some(({ unreachable }) => unreachable !== null) ? UNREACHABLE : 0;
}

/** The targets that are not as they should be, as `bfm status` presents them, without what has no part in it. */
function presentDrift(targets: readonly TargetStatus[]): Readonly<Record<string, unknown>> {
  const troubled = targets.filter(({ drift, unreachable }) => drift.length > 0 || unreachable !== null);
  const presented = presentStatus(troubled, [])['targets'] as Iterable<Readonly<Record<string, unknown>>>;
  return {
    targets: [...presented].map(({ connection, schema, backend, reachable, drift, error }) => ({
      connection,
      schema,
      backend,
      reachable,
      drift,
      error,
    })),
    summary: {
      targets: targets.length,
      drifted: targets.filter(({ drift }) => drift.length > 0).length,
      unreachable: targets.filter(({ unreachable }) => unreachable !== null).length,
    },
  };
}
