import type { Plan } from '@bfm/core';
import type { JsonObject, StoredRun } from '@bfm/engine';
import { unsoundnessOf } from './sound-run.ts';
import { toStorable } from './storable.ts';

/** A plan as the state keeps it: as it is, so that thousands of targets share the steps of their group. */
export function toStoredPlan(plan: Plan): JsonObject {
  return toStorable({ ...plan });
}

/** The plan of a run, as it was when somebody asked for it. @throws {state.row_unsound} */
export function storedPlan(run: StoredRun): Plan {
  const unsound = unsoundnessOf(run);
  if (unsound !== null) throw unsound;
  return run.plan as unknown as Plan;
}
