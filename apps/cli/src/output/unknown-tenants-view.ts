import type { PlanRequest, Target } from '@bfm/core';
import type { KnownCatalog } from '@bfm/service';
import type { Look } from './look.ts';
import { count } from './wording.ts';

/** Selected connections whose dynamic migrations have no schema yet: a status would pass them over in silence. */
export function unknownTenantsView(
  targets: readonly Pick<Target, 'connection'>[],
  { request, catalog }: { readonly request: PlanRequest; readonly catalog: Pick<KnownCatalog, 'migrations'> },
  { paint, symbols }: Look,
): readonly string[] {
  if (request.schemas.length > 0 || request.schemasListed) return [];
  const told = new Set(targets.map(({ connection }) => connection));
  const dynamic = catalog.migrations.filter(
    ({ schema, connection, backend }) =>
      schema === null &&
      !told.has(connection) &&
      (request.connections.length === 0 || request.connections.includes(connection)) &&
      (request.backends.length === 0 || request.backends.includes(backend)),
  );
  return [...Map.groupBy(dynamic, ({ connection }) => connection)].map(
    ([connection, those]) =>
      `${paint.dim(symbols.skip)} ${paint.name(connection)}: ${count(those.length, 'dynamic migration')}, and no schema that has them yet`,
  );
}
