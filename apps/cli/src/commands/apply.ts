import { quoteWord, type Direction, type Plan, type RunResult } from '@bfm/core';
import { DEFAULT_ATTEMPTS_MAX, DEFAULT_LOCK_TIMEOUT_MS, DEFAULT_LOCK_WAIT_MS } from '@bfm/engine';
import {
  applyPlan,
  dryRun,
  planMigrations,
  presentRun,
  replan,
  runExitCode,
  type ApplyOptions,
  type ProgramSettings,
} from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { toCommandLine } from '../options/command-line.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { readPlanFile, type SavedPlan } from '../options/plan-file.ts';
import { buildPlanRequest } from '../options/plan-request.ts';
import { usageError } from '../options/usage-error.ts';
import { emptySelectionView } from '../output/empty-selection-view.ts';
import { planTotals } from '../output/plan-totals.ts';
import { planView } from '../output/plan-view.ts';
import { runSummaryView } from '../output/run-summary-view.ts';
import { nothingToDo, skipsView } from '../output/skips-view.ts';
import { confirm } from '../run/confirm.ts';
import { createDisplay } from '../run/create-display.ts';
import { Interrupts } from '../run/interrupts.ts';
import { readStopGrace } from '../run/stop-grace.ts';
import { spareMemory } from '../run/spare-memory.ts';
import { openSession, type Session } from './session.ts';

const DEFAULT_CONCURRENCY = 4;
/** A person was needed and said no. */
const DECLINED = 6;

/** What `up` and `down` have in common: plan or take the saved plan, ask if need be, carry it out, tell. */
export async function applyCommand(
  direction: Direction,
  options: ApplyCommandOptions,
  invocation: Invocation,
): Promise<number> {
  refuseTwoLimits(options);
  const saved = options.plan === undefined ? null : readPlanFile(options.plan, direction);
  await using session = await openSession(options, invocation);
  const plan = await makePlan(direction, { options, saved, session });
  if (plan.groups.length === 0) return tellNothingToDo(plan, session);
  if (options.dryRun === true) return tellDryRun(plan, session);
  if (!(await confirm(plan, { yes: options.yes === true }, session))) {
    session.terminal.data(presentRun(dryRun(plan, session.context)));
    session.terminal.people.print(['Nothing was changed.']);
    return DECLINED;
  }
  return await run(plan, options, session);
}

/** @throws {request.invalid} */
function refuseTwoLimits({ failFast, maxFailures }: ApplyCommandOptions): void {
  if (failFast !== true || maxFailures === undefined) return;
  throw usageError(
    `--fail-fast and --max-failures ${maxFailures} both say after how many failures to stop: --fail-fast is --max-failures 1`,
    'give one of them',
  );
}

async function makePlan(
  direction: Direction,
  { options, saved, session }: { options: ApplyCommandOptions; saved: SavedPlan | null; session: Session },
): Promise<Plan> {
  const { context } = session;
  if (saved !== null) return replan(saved.request, saved.digest, context);
  return planMigrations(await buildPlanRequest(direction, options, context), context);
}

/** An empty plan is carried out without touching anything, so that `--json` has one shape. */
function tellNothingToDo(plan: Plan, { terminal, context, sfm }: Session): number {
  const result: RunResult = { ...dryRun(plan, context), status: 'succeeded' };
  terminal.data(presentRun(result));
  terminal.people.print(nothingToDo(plan, terminal.people.look));
  terminal.notes.print(emptySelectionView(plan, { catalog: context.catalog, sfm }, terminal.notes.look));
  return 0;
}

function tellDryRun(plan: Plan, { terminal, context, files }: Session): number {
  terminal.data(presentRun(dryRun(plan, context)));
  const view = { catalog: context.catalog, pathOf: (file: string) => files.pathOf(file), sql: true };
  const { print, look } = terminal.people;
  print([...planView(plan, view, look), 'Dry run: nothing was changed.']);
  return 0;
}

async function run(plan: Plan, options: ApplyCommandOptions, session: Session): Promise<number> {
  const { terminal, context, files } = session;
  const { clock } = context;
  const startedMs = clock.monotonicMs();
  spareMemory(planTotals(plan).targets);
  // While it is not there nothing has begun that would have to be stopped with care.
  await context.openLocks();
  const result = await runShown(plan, options, session);
  terminal.data(presentRun(result));
  const summary = {
    result,
    direction: plan.direction,
    durationMs: clock.monotonicMs() - startedMs,
    again: commandAgain(plan, options),
  };
  const { print, look } = result.status === 'succeeded' ? terminal.people : terminal.urgent;
  print([...runSummaryView(summary, files, look), ...skipsView(plan.skips, look)]);
  return runExitCode(result);
}

async function runShown(plan: Plan, options: ApplyCommandOptions, session: Session): Promise<RunResult> {
  const { terminal, context } = session;
  const graceMs = readStopGrace(process.env);
  const nowMs = (): number => context.clock.monotonicMs();
  const display = await createDisplay({ plan, terminal, nowMs, verbose: options.verbose === true });
  using interrupts = new Interrupts({
    say: (line) => {
      display.say(line);
    },
    graceMs,
  });
  session.listen((event) => {
    display.handle(event);
  });
  try {
    return await applyPlan(plan, toApplyOptions(options, session.program, interrupts), context);
  } finally {
    display.end();
  }
}

function toApplyOptions(
  options: ApplyCommandOptions,
  program: ProgramSettings,
  { stop, cancel }: Interrupts,
): ApplyOptions {
  return {
    concurrency: firstOf(options.concurrency, program.concurrency, DEFAULT_CONCURRENCY),
    failuresMax: options.failFast === true ? 1 : (options.maxFailures ?? null),
    commit: options.commit ?? 'per-migration',
    lockWaitMs: firstOf(options.lockWait, program.lockWaitMs, DEFAULT_LOCK_WAIT_MS),
    lockTimeoutMs: firstOf(options.lockTimeout, program.lockTimeoutMs, DEFAULT_LOCK_TIMEOUT_MS),
    statementTimeoutMs: firstOf(options.statementTimeout, program.statementTimeoutMs, 0),
    batchPauseMs: options.batchPause ?? 0,
    attemptsMax: firstOf(options.attempts, program.attemptsMax, DEFAULT_ATTEMPTS_MAX),
    stop,
    cancel,
  };
}

/** An option goes before what was configured, and this before the usual. */
function firstOf(option: number | undefined, configured: number | null, usual: number): number {
  return option ?? configured ?? usual;
}

/** A saved plan that was carried out in part is stale: what is left is planned anew. */
function commandAgain({ direction }: Plan, options: ApplyCommandOptions): string {
  if (options.plan === undefined) return toCommandLine(`bfm ${direction}`, options);
  return `bfm plan${direction === 'down' ? ' --down' : ''} --out ${quoteWord(options.plan)}, then apply that`;
}
