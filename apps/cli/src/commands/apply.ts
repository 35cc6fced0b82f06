import { quoteWord, type Direction, type Plan, type RunResult } from '@bfm/core';
import { presentRun, runExitCode } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { openDesk, type Desk } from '../modes/open-desk.ts';
import type { CarriedOut, RunWork } from '../modes/plan-work.ts';
import type { Ways } from '../modes/ways.ts';
import { toCommandLine } from '../options/command-line.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { readPlanFile, type SavedPlan } from '../options/plan-file.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { usageError } from '../options/usage-error.ts';
import { emptySelectionView } from '../output/empty-selection-view.ts';
import { leftRunView } from '../output/left-run-view.ts';
import { planTotals } from '../output/plan-totals.ts';
import { planView } from '../output/plan-view.ts';
import { runSummaryView } from '../output/run-summary-view.ts';
import { nothingToDo, skipsView } from '../output/skips-view.ts';
import { confirm } from '../run/confirm.ts';
import { createDisplay } from '../run/create-display.ts';
import { spareMemory } from '../run/spare-memory.ts';

/** A person was needed and said no. */
const DECLINED = 6;
/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

const WAYS: Ways<RunWork> = {
  direct: async (session) => (await import('../direct/direct-run.ts')).directRun(session),
  remote: async (remote) => (await import('../remote/remote-run.ts')).remoteRun(remote),
};

type RunDesk = Desk<RunWork>;

/** What `up` and `down` have in common: plan or take the saved plan, ask if need be, carry it out, tell. */
export async function applyCommand(
  direction: Direction,
  options: ApplyCommandOptions,
  invocation: Invocation,
): Promise<number> {
  refuseTwoLimits(options);
  refuseLoneCompensation(direction, options);
  const saved = options.plan === undefined ? null : readPlanFile(options.plan, direction);
  await using desk = await openDesk(WAYS, options, invocation);
  if (options.detach === true && !desk.isRemote) throw notDetachable();
  const plan = await makePlan(direction, { options, saved, work: desk.work });
  if (plan.groups.length === 0) return tellNothingToDo(plan, desk);
  if (options.dryRun === true) return tellDryRun(plan, desk);
  if (!(await confirm(plan, { yes: options.yes === true }, desk))) {
    desk.terminal.data(presentRun(desk.work.dryRun(plan)));
    desk.terminal.people.print(['Nothing was changed.']);
    return DECLINED;
  }
  return await run(plan, options, desk);
}

/** @throws {request.invalid} */
function refuseTwoLimits({ failFast, maxFailures }: ApplyCommandOptions): void {
  if (failFast !== true || maxFailures === undefined) return;
  throw usageError(
    `--fail-fast and --max-failures ${maxFailures} both say after how many failures to stop: --fail-fast is --max-failures 1`,
    'give one of them',
  );
}

/** @throws {request.invalid} */
function refuseLoneCompensation(direction: Direction, { unit, onFailure }: ApplyCommandOptions): void {
  if (onFailure !== 'compensate') return;
  if (direction === 'down') {
    throw usageError(
      '--on-failure compensate takes back what bfm up has applied, and bfm down has no way to; nothing was done',
      'leave it out',
    );
  }
  if (unit === 'tenant') return;
  throw usageError(
    '--on-failure compensate takes back what was applied in the other stores of a tenant, and each target is a unit of its own here; nothing was done',
    'say --unit tenant, too',
  );
}

function notDetachable(): Error {
  return usageError(
    '--detach leaves a run to a server, and none is given: a run in this process ends with it; nothing was done',
    'leave it out, or give --server URL',
  );
}

async function makePlan(
  direction: Direction,
  { options, saved, work }: { options: ApplyCommandOptions; saved: SavedPlan | null; work: RunWork },
): Promise<Plan> {
  if (saved !== null) return work.replan(saved.request, saved.digest);
  return work.plan(await buildPlanRequest(direction, options, work));
}

/** An empty plan is carried out without touching anything, so that `--json` has one shape. */
function tellNothingToDo(plan: Plan, { terminal, work }: RunDesk): number {
  const result: RunResult = { ...work.dryRun(plan), status: 'succeeded' };
  terminal.data(presentRun(result));
  terminal.people.print(nothingToDo(plan, terminal.people.look));
  terminal.notes.print(emptySelectionView(plan, work, terminal.notes.look));
  return 0;
}

function tellDryRun(plan: Plan, { terminal, work, files }: RunDesk): number {
  terminal.data(presentRun(work.dryRun(plan)));
  const view = { catalog: work.catalog, pathOf: (file: string) => files.pathOf(file), sql: true };
  const { print, look } = terminal.people;
  print([...planView(plan, view, look), 'Dry run: nothing was changed.']);
  return 0;
}

async function run(plan: Plan, options: ApplyCommandOptions, desk: RunDesk): Promise<number> {
  const startedMs = performance.now();
  spareMemory(planTotals(plan).targets);
  await desk.work.prepare();
  const carried = await runShown(plan, options, desk);
  if (carried.kind === 'left') return tellLeft(carried, plan, desk);
  const { terminal, files } = desk;
  const { result } = carried;
  terminal.data(presentRun(result));
  const summary = {
    result,
    direction: plan.direction,
    durationMs: performance.now() - startedMs,
    again: commandAgain(plan, options),
  };
  const { print, look } = result.status === 'succeeded' ? terminal.people : terminal.urgent;
  print([...runSummaryView(summary, files, look), ...skipsView(plan.skips, look)]);
  return runExitCode(result);
}

async function runShown(
  plan: Plan,
  options: ApplyCommandOptions,
  { terminal, work, beginRun }: RunDesk,
): Promise<CarriedOut> {
  const { notes } = terminal;
  const display = await createDisplay({
    plan,
    terminal,
    nowMs: () => performance.now(),
    verbose: options.verbose === true,
  });
  const note = (line: string): void => {
    if (!terminal.quiet) notes.print([notes.look.paint.dim(line)]);
  };
  beginRun();
  try {
    return await work.carryOut({ plan, options, display, note });
  } finally {
    display.end();
  }
}

/** Its id alone goes to stdout, for a script. */
function tellLeft(
  { runId, why }: Extract<CarriedOut, { kind: 'left' }>,
  plan: Plan,
  { terminal, work }: RunDesk,
): number {
  const status = why === 'detached' ? 'queued' : 'running';
  terminal.data({ ...presentRun(work.dryRun(plan)), run: { id: runId, status } });
  if (why === 'detached' && !terminal.json) terminal.people.stream.write(`${runId}\n`);
  if (why === 'interrupted' || !terminal.quiet) {
    terminal.notes.print(leftRunView({ runId, why }, terminal.notes.look));
  }
  return why === 'detached' ? 0 : INTERRUPTED;
}

/** A saved plan that was carried out in part is stale: what is left is planned anew. */
function commandAgain({ direction }: Plan, options: ApplyCommandOptions): string {
  if (options.plan === undefined) return toCommandLine(`bfm ${direction}`, options);
  return `bfm plan${direction === 'down' ? ' --down' : ''} --out ${quoteWord(options.plan)}, then apply that`;
}
