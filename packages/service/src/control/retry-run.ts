import { BfmError, type MigrationId, type PlanRequest } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';
import { findRun } from './find-run.ts';
import { onlyMigrations } from './only-migrations.ts';
import { eachPlanned } from './plan-places.ts';
import { eachRecorded, isDone } from './recorded-steps.ts';
import { hasEnded } from './run-ended.ts';
import type { RunOrderOptions } from './run-order.ts';
import { startRun } from './start-run.ts';
import { storedPlan } from './stored-plan.ts';

/**
 * Starts another run for those migrations of a run that were not done, as it was asked for.
 *
 * @throws {auth.forbidden} {run.not_found} {run.not_ended} {run.nothing_left} and whatever {@link startRun} throws
 */
export async function retryRun(runId: string, caller: Caller, control: ControlContext): Promise<StoredRun> {
  await authorise(caller, { permission: 'run.retry', object: `run/${runId}` }, control);
  const run = await findRun(runId, control);
  if (!hasEnded(run)) throw notEnded(run);
  const migrations = await undoneMigrations(run, control);
  if (migrations.length === 0) throw nothingLeft(run);
  const request = { ...onlyMigrations(run.request as unknown as PlanRequest, migrations) };
  const options = run.options as RunOrderOptions;
  return startRun({ request, options, digest: null, idempotency: null }, caller, control);
}

async function undoneMigrations(run: StoredRun, control: ControlContext): Promise<readonly MigrationId[]> {
  const done = new Set<number>();
  for await (const step of eachRecorded(run.id, control)) if (isDone(step)) done.add(step.position);
  const undone = new Set<MigrationId>();
  for (const { position, step } of eachPlanned(storedPlan(run))) {
    if (!done.has(position)) undone.add(step.migrationId);
  }
  return [...undone];
}

function notEnded({ id, status }: StoredRun): BfmError {
  return new BfmError('run.not_ended', {
    message: `run ${id} is ${status}; no other one was started`,
    details: { runId: id, status },
    next: `wait for it, or cancel it first: bfm run cancel ${id}`,
  });
}

function nothingLeft({ id }: StoredRun): BfmError {
  return new BfmError('run.nothing_left', {
    message: `run ${id} has done all of its steps; no other one was started`,
    details: { runId: id },
    next: 'ask for a new run: bfm up',
  });
}
