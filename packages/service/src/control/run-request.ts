import type { MigrationId, PlanRequest } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { onlyMigrations } from './only-migrations.ts';
import { storedPlan } from './stored-plan.ts';

/**
 * What a run is planned from when it is taken. "The newest two" of a run that has rolled one of them back already would be
 * others: those that its plan names are asked for then.
 */
export function requestOf(run: StoredRun, isFirst: boolean): PlanRequest {
  const request = run.request as unknown as PlanRequest;
  if (isFirst || request.steps === null) return request;
  const { groups } = storedPlan(run);
  const migrations = new Set<MigrationId>(
    groups.flatMap(({ steps }) => steps.map(({ migrationId }) => migrationId)),
  );
  return onlyMigrations(request, [...migrations]);
}
