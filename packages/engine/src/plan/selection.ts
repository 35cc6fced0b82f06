import type { Migration, PlanRequest } from '@bfm/core';

/** Tells whether a migration matches a request's filters, its schemas apart. Empty filters match everything. */
export function isSelected(migration: Migration, request: PlanRequest): boolean {
  return (
    matchesPlace(migration, request) &&
    (request.migrations.length === 0 || request.migrations.includes(migration.id)) &&
    hasTags(migration, request.tags) &&
    withinBound(migration, request)
  );
}

/** Tells whether a migration's connection and backend are among those a request asks for. */
export function matchesPlace(migration: Migration, request: PlanRequest): boolean {
  const { connections, backends } = request;
  return (
    (connections.length === 0 || connections.includes(migration.connection)) &&
    (backends.length === 0 || backends.includes(migration.backend))
  );
}

function hasTags(migration: Migration, tags: Readonly<Record<string, string>>): boolean {
  return Object.entries(tags).every(
    ([key, value]) => Object.hasOwn(migration.tags, key) && migration.tags[key] === value,
  );
}

/** Up applies up to and including the bound; down rolls back what is newer than it. */
function withinBound(migration: Migration, request: PlanRequest): boolean {
  if (request.to === null) return true;
  return request.direction === 'up' ? migration.version <= request.to : migration.version > request.to;
}
