import {
  BfmError,
  type ConnectionName,
  type Plan,
  type PlanDigest,
  type PlanRequest,
  type RunResult,
} from '@bfm/core';
import { runPlan, toDryRun, type RunOptions, type TargetStore } from '@bfm/engine';
import { spareAppliedFiles } from './failures/spare-applied-files.ts';
import { planMigrations } from './plan-migrations.ts';
import { findConnection } from './planning/find-connection.ts';
import { toRevision } from './planning/to-revision.ts';
import type { ServiceContext } from './service-context.ts';

/** How a plan is carried out, as the caller decides it; the rest comes from the context. */
export type ApplyOptions = Omit<RunOptions, 'runId' | 'actor' | 'pid'>;

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
  const { clock, hasher, random, emit, actor, pid } = context;
  const result = await runPlan({
    plan,
    options: { ...options, runId: context.newRunId(), actor, pid },
    stores: storesOf(plan, context),
    locks: await context.openLocks(),
    revisions: context.catalog.migrations.map(toRevision),
    clock,
    hasher,
    random,
    emit,
  });
  return spareAppliedFiles(result, context);
}

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
