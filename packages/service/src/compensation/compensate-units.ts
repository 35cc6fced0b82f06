import {
  makePlanRequest,
  BfmError,
  isBfmError,
  targetKey,
  toRunResult,
  type ConnectionName,
  type MigrationId,
  type Plan,
  type PlanRequest,
  type RunResult,
  type StepResult,
} from '@bfm/core';
import type { EventSink } from '@bfm/engine';
import { findUndoable, type UndoableUnit, type WhyStays } from './find-undoable.ts';

/** How a rollback is planned and run in the name of the run whose units are taken back. */
export interface UndoRun {
  /** @throws whatever planning throws */
  readonly plan: (request: PlanRequest) => Promise<Plan>;
  readonly run: (plan: Plan) => Promise<RunResult>;
  readonly emit: EventSink;
}

/**
 * Takes back what a run has applied in tenants of which one store has failed, newest first, by the downs. In the result, which is
 * the run's own otherwise, a step that was taken back is `rolled_back`, and one that could not be is `needs_attention` and says why.
 */
export async function compensateUnits(plan: Plan, result: RunResult, undo: UndoRun): Promise<RunResult> {
  const units = findUndoable(plan, result);
  if (units.length === 0) return result;
  const ends = new Map<string, StepResult>();
  const end = (step: StepResult): void => {
    ends.set(keyOf(step), step);
    undo.emit({ type: 'step.undone', result: step });
  };
  for (const { step, why } of units.flatMap(({ stays }) => stays)) end(leftThere(step, why));
  for (const alike of groupAlike(units)) {
    for (const step of await undoUnits(alike, plan.request, undo)) end(step);
  }
  return toRunResult({ runId: result.runId, eachStep: () => withEnds(result.eachStep(), ends) });
}

/** Units of which the same is to be taken back are one rollback. */
function groupAlike(units: readonly UndoableUnit[]): readonly (readonly UndoableUnit[])[] {
  const alike = Map.groupBy(
    units.filter(({ undone }) => undone.length > 0),
    ({ undone }) => undone.map((step) => `${step.target.connection} ${step.migrationId}`).join('\n'),
  );
  return [...alike.values()];
}

async function undoUnits(
  units: readonly UndoableUnit[],
  { allowNonEmpty }: PlanRequest,
  { plan, run }: UndoRun,
): Promise<readonly StepResult[]> {
  const steps = units.flatMap(({ undone }) => undone);
  const request = makePlanRequest({
    direction: 'down',
    allowNonEmpty,
    connections: [...new Set<ConnectionName>(steps.map(({ target }) => target.connection))],
    schemas: units.map(({ schema }) => schema),
    migrations: [...new Set<MigrationId>(steps.map(({ migrationId }) => migrationId))],
  });
  try {
    const result = await run(await plan(request));
    const went = new Map(result.steps.map((step) => [keyOf(step), step]));
    return steps.flatMap((step) => toEnd(step, went.get(keyOf(step)) ?? null));
  } catch (error) {
    if (!isBfmError(error)) throw error;
    return steps.map((step) => notUndone(step, error.message, error));
  }
}

/**
 * What no plan of going down has, its ledger does not have any more: an earlier attempt has taken it back. What was not begun because
 * somebody stopped the run is as it was, for the next one.
 */
function toEnd(step: StepResult, down: StepResult | null): readonly StepResult[] {
  if (down === null || down.outcome === 'rolled_back' || down.outcome === 'skipped') {
    return [{ ...step, outcome: 'rolled_back', durationMs: down?.durationMs ?? 0 }];
  }
  if (down.error?.code === 'run.cancelled') return [];
  return [notUndone(step, down.error?.message ?? `it is ${down.outcome}`, down.error)];
}

function leftThere(step: StepResult, why: WhyStays): StepResult {
  return notUndone(
    step,
    why.kind === 'irreversible' ? 'it has no down' : `${why.by} stands upon it, and stays`,
    undefined,
  );
}

function notUndone(step: StepResult, why: string, cause: BfmError | null | undefined): StepResult {
  const { connection, schema } = step.target;
  const error = new BfmError('unit.not_undone', {
    message: `${step.migrationId} stays applied in ${connection}/${schema}, though its unit has failed: ${why}`,
    details: { where: { migration_id: step.migrationId, connection, schema } },
    next: 'mend what failed and run the same command again, which goes on from here; or undo this by hand',
    cause: cause ?? undefined,
  });
  return { ...step, outcome: 'needs_attention', error };
}

function keyOf({ target, migrationId }: StepResult): string {
  return `${targetKey(target)}\n${migrationId}`;
}

function* withEnds(
  steps: Iterable<StepResult>,
  ends: ReadonlyMap<string, StepResult>,
): Generator<StepResult> {
  for (const step of steps) yield ends.get(keyOf(step)) ?? step;
}
