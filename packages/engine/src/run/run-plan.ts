import { toRunSummary, type Plan, type RunResult, type RunStatus, type StepResult } from '@bfm/core';
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
  const results = runs.flatMap((run) => run.results());
  const result: RunResult = {
    runId: options.runId,
    status: statusOf(results),
    steps: results,
    summary: toRunSummary(results),
  };
  emit({ type: 'run.finished', result });
  return result;
}

/** The result of a dry run: every step of the plan, with the outcome `planned`. */
export function toDryRun(plan: Plan, runId: string): RunResult {
  const steps = plan.groups.flatMap((group) =>
    group.targets.flatMap(({ schema }) =>
      group.steps.map(({ migrationId, direction }): StepResult => {
        const target = { backend: group.backend, connection: group.connection, schema };
        return {
          target,
          migrationId,
          direction,
          outcome: 'planned',
          durationMs: 0,
          attempts: 0,
          error: null,
        };
      }),
    ),
  );
  return { runId, status: 'planned', steps, summary: toRunSummary(steps) };
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

function statusOf(results: readonly StepResult[]): RunStatus {
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'needs_attention')) return 'failed';
  const unstarted = results.filter(({ outcome }) => outcome === 'not_started');
  if (unstarted.length === 0) return 'succeeded';
  return unstarted.every(({ error }) => error?.code === 'run.cancelled') ? 'cancelled' : 'failed';
}
