import {
  BfmError,
  type ConnectionName,
  type EngineEvent,
  type Plan,
  type PlanDigest,
  type PlanRequest,
  type RunResult,
} from '@bfm/core';
import { runPlan, toDryRun, type EventSink, type RunOptions, type TargetStore } from '@bfm/engine';
import { compensateUnits, type UndoRun } from './compensation/compensate-units.ts';
import { spareAppliedFiles } from './failures/spare-applied-files.ts';
import { planMigrations } from './plan-migrations.ts';
import { findConnection } from './planning/find-connection.ts';
import { toRevision } from './planning/to-revision.ts';
import type { ServiceContext } from './service-context.ts';

/** How a plan is carried out, as the caller decides it; the rest comes from the context. */
export interface ApplyOptions extends Omit<RunOptions, 'runId' | 'actor' | 'pid'> {
  /** What becomes of what was applied in a unit that fails: it is kept, to be gone on from, or taken back. */
  readonly onFailure: 'keep' | 'compensate';
}

/**
 * Carries out a plan.
 *
 * @returns every planned step with its outcome; a failed step is an outcome, not an exception
 * @throws {target.unreachable} {ledger.newer_format} before anything was begun
 */
export async function applyPlan(
  plan: Plan,
  options: ApplyOptions,
  context: ServiceContext,
): Promise<RunResult> {
  const runId = context.newRunId();
  if (options.onFailure === 'keep' || plan.direction === 'down') {
    return spareAppliedFiles(await carryOut(plan, { ...options, runId }, context), context);
  }
  const { emit } = context;
  const up = await carryOut(plan, { ...options, runId }, { ...context, emit: untilTheEnd(emit) });
  const result = await compensateUnits(plan, up, undoRun({ ...options, runId }, context));
  emit({ type: 'run.finished', result });
  return spareAppliedFiles(result, context);
}

/** How what a run has applied is taken back in its name. */
export function undoRun(options: ApplyOptions & Pick<RunOptions, 'runId'>, context: ServiceContext): UndoRun {
  const { emit } = context;
  const alone = { ...options, unit: 'target', failuresMax: null } as const;
  return {
    plan: (request) => planMigrations(request, context),
    run: (down) => carryOut(down, alone, { ...context, emit: whatMatters(emit) }),
    emit,
  };
}

async function carryOut(
  plan: Plan,
  options: Omit<RunOptions, 'actor' | 'pid'>,
  context: ServiceContext,
): Promise<RunResult> {
  const { clock, hasher, random, emit, actor, pid, budget } = context;
  return runPlan({
    plan,
    options: { ...options, actor, pid },
    stores: storesOf(plan, context),
    locks: await context.openLocks(),
    budget,
    revisions: context.catalog.migrations.map(toRevision),
    clock,
    hasher,
    random,
    emit,
  });
}

/** A run is over when what failed is taken back. */
function untilTheEnd(emit: EventSink): EventSink {
  return (event) => {
    if (event.type !== 'run.finished') emit(event);
  };
}

/** Of taking back, listeners are told the ends of the run's own steps; these are others. */
function whatMatters(emit: EventSink): EventSink {
  return (event) => {
    if (TOLD.has(event.type)) emit(event);
  };
}

const TOLD: ReadonlySet<EngineEvent['type']> = new Set([
  'target.waiting',
  'target.lost',
  'step.retrying',
  'notice',
]);

/** What carrying out a plan would give: every step `planned`. */
export function dryRun(plan: Plan, context: Pick<ServiceContext, 'newRunId'>): RunResult {
  return toDryRun(plan, context.newRunId());
}

/**
 * Plans again what a saved plan asked for, and refuses unless the same plan comes out.
 *
 * @throws {plan.stale} and whatever {@link planMigrations} throws
 */
export async function replan(
  request: PlanRequest,
  digest: PlanDigest,
  context: ServiceContext,
): Promise<Plan> {
  return requireSame(await planMigrations(request, context), digest);
}

/** The plan itself, when it is the one that was looked at. @throws {plan.stale} */
export function requireSame(plan: Plan, digest: PlanDigest): Plan {
  if (plan.digest === digest) return plan;
  throw new BfmError('plan.stale', {
    message: `the files or ledgers have changed since the plan ${digest.slice(0, 12)} was made (now ${plan.digest.slice(0, 12)}); nothing was run`,
    details: { planned: digest, current: plan.digest },
    next: 'make a new plan and have it looked at again',
  });
}

function storesOf(plan: Plan, context: ServiceContext): ReadonlyMap<ConnectionName, TargetStore> {
  const names = new Set(plan.groups.map(({ connection }) => connection));
  return new Map([...names].map((name) => [name, context.storeOf(findConnection(name, context))]));
}
