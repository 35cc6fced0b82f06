import type { MigrationId, PlanRequest } from '@bfm/core';

/** A request for just these migrations: "the newest two" would be other ones once some are gone. */
export function onlyMigrations(request: PlanRequest, migrations: readonly MigrationId[]): PlanRequest {
  return { ...request, migrations, steps: null, all: false, to: null };
}
