import {
  BfmError,
  isInTarget,
  mendFile,
  repairCommand,
  targetKey,
  toRunResult,
  type ConnectionName,
  type MigrationId,
  type RunResult,
  type StepResult,
  type Target,
  type TargetState,
} from '@bfm/core';
import { effectiveShape } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';

/**
 * Keeps people from mending a file that other targets have applied as it is: there, the edit would be drift. Errors that
 * would have them do that say what to do instead. Ledgers are only read for what the run itself does not show; when they
 * cannot be read, the errors stay as they are.
 */
export async function spareAppliedFiles(result: RunResult, context: ServiceContext): Promise<RunResult> {
  const failed = failedDynamic(result, context);
  if (failed.size === 0) return result;
  const applied = appliedInRun(result, failed);
  const ledgers = new Map<ConnectionName, readonly TargetState[]>();
  for (const [id, target] of failed) {
    if (applied.has(id)) continue;
    const { connection } = target;
    const states = ledgers.get(connection) ?? (await knownTargets(connection, context));
    ledgers.set(connection, states);
    const elsewhere = states.find(
      (state) => hasApplied(state, id) && targetKey(state.target) !== targetKey(target),
    );
    if (elsewhere !== undefined) applied.set(id, elsewhere.target);
  }
  if (applied.size === 0) return result;
  return toRunResult({
    runId: result.runId,
    status: result.status,
    eachStep: () => withOtherMends(result.eachStep(), applied),
  });
}

/** Failed migrations whose errors would have their files mended, with one of the targets they failed in. */
function failedDynamic(
  { summary, eachStep }: RunResult,
  { catalog }: ServiceContext,
): Map<MigrationId, Target> {
  const failed = new Map<MigrationId, Target>();
  if (summary.failed === 0) return failed;
  for (const step of eachStep()) {
    // One that names its schema has no other target.
    const isDynamic = catalog.byId.get(step.migrationId)?.schema === null;
    if (isDynamic && isToBeMended(step)) failed.set(step.migrationId, step.target);
  }
  return failed;
}

function isToBeMended({ outcome, error }: StepResult): boolean {
  return outcome === 'failed' && error?.next?.endsWith(mendFile('up')) === true;
}

function appliedInRun(
  { eachStep }: RunResult,
  failed: ReadonlyMap<MigrationId, Target>,
): Map<MigrationId, Target> {
  const applied = new Map<MigrationId, Target>();
  for (const { outcome, migrationId, target } of eachStep()) {
    const isThere = outcome === 'applied' || outcome === 'skipped';
    if (isThere && failed.has(migrationId) && !applied.has(migrationId)) applied.set(migrationId, target);
  }
  return applied;
}

async function knownTargets(
  connection: ConnectionName,
  context: ServiceContext,
): Promise<readonly TargetState[]> {
  try {
    const store = context.storeOf(findConnection(connection, context));
    return (await store.inspect([{ connection, schemas: 'known' }])).targets;
  } catch {
    // The run has ended and its errors are true; only this one thing is not known.
    return [];
  }
}

function hasApplied(state: TargetState, id: MigrationId): boolean {
  const entry = effectiveShape(state).entries.get(id);
  return entry !== undefined && isInTarget(entry.status);
}

function* withOtherMends(
  steps: Iterable<StepResult>,
  applied: ReadonlyMap<MigrationId, Target>,
): Generator<StepResult> {
  for (const step of steps) {
    const elsewhere = applied.get(step.migrationId);
    const { error } = step;
    if (elsewhere === undefined || error === null || !isToBeMended(step)) yield step;
    else yield { ...step, error: withOtherMend(error, step, elsewhere) };
  }
}

function withOtherMend(error: BfmError, { target, migrationId }: StepResult, elsewhere: Target): BfmError {
  const { connection, schema } = target;
  const place = { connection, schemas: [schema] };
  const repair = repairCommand({ action: 'mark-applied', migrationId, place });
  return new BfmError(error.code, {
    message: error.message,
    details: error.details,
    next: `leave the file as it is, ${targetKey(elsewhere)} has it applied and an edit would be drift there: mend the data that it failed on and run the same command again, or put what must be otherwise into a new migration; or do here by hand what it does, and say so: ${repair}`,
    cause: error.cause,
  });
}
