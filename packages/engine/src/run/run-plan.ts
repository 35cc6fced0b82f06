import { toRunResult, type Plan, type RunResult, type StepResult } from '@bfm/core';
import type { RunContext } from './run-options.ts';
import { scheduleTargets } from './schedule-targets.ts';
import { toTargetRuns } from './target-run.ts';

/**
 * Carries out a plan: targets in parallel, the steps of each in order, dependencies across targets awaited without
 * holding a lock or a connection.
 *
 * @returns every planned step with its outcome, whatever happened
 * @throws {target.unreachable} {ledger.newer_format} only before anything was begun
 */
export async function runPlan(context: RunContext): Promise<RunResult> {
  const { plan, options, emit } = context;
  const runs = plan.groups.flatMap(toTargetRuns);
  const steps = runs.reduce((sum, run) => sum + run.group.steps.length, 0);
  emit({ type: 'run.started', runId: options.runId, targets: runs.length, steps });
  await prepareStores(context);
  await scheduleTargets(runs, context);
  const result = toRunResult({
    runId: options.runId,
    eachStep: () => runs.values().flatMap((run) => run.results()),
  });
  emit({ type: 'run.finished', result });
  return result;
}

/** The result of a dry run: every step of the plan, with the outcome `planned`. */
export function toDryRun(plan: Plan, runId: string): RunResult {
  return toRunResult({ runId, status: 'planned', eachStep: () => plannedSteps(plan) });
}

function* plannedSteps({ groups }: Plan): Generator<StepResult> {
  for (const { backend, connection, targets, steps } of groups) {
    for (const { schema } of targets) {
      const target = { backend, connection, schema };
      for (const { migrationId, direction } of steps) {
        yield { target, migrationId, direction, outcome: 'planned', durationMs: 0, attempts: 0, error: null };
      }
    }
  }
}

async function prepareStores({ plan, stores, revisions }: RunContext): Promise<void> {
  const needed = new Set(plan.groups.map(({ connection }) => stores.get(connection)));
  for (const store of needed) {
    if (store === undefined) throw new Error('a planned connection has no store');
    const here = new Set(
      plan.groups
        .filter(({ connection }) => stores.get(connection) === store)
        .flatMap(({ steps, deferred }) => [...steps.map(({ migrationId }) => migrationId), ...deferred]),
    );
    await store.prepare(revisions.filter(({ migrationId }) => here.has(migrationId)));
  }
}
