import { BfmError, type PlanRequest } from '@bfm/core';
import type { PlanScope } from '@bfm/engine';

/**
 * Refuses a request that selected dynamic migrations by name and no schema to run them in, since that can only be a
 * mistake; a request for everything just skips them.
 *
 * @throws {request.schema_required}
 */
export function requireSelection({ demands, skips }: PlanScope, request: PlanRequest): void {
  const left = skips.filter(({ reason }) => reason === 'schema_required');
  const narrowed = request.connections.length > 0 || request.migrations.length > 0;
  if (demands.length > 0 || left.length === 0 || !narrowed) return;
  const names = left.map(({ connection }) => connection).join(', ');
  throw new BfmError('request.schema_required', {
    message: `the migrations of ${names} are dynamic: they run in each schema they are asked for, and none was named`,
    next: 'name schemas with --schema NAME, --schemas-from FILE or --all-tenants',
  });
}
