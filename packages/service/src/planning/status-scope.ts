import type { ConnectionName, Migration, PlanRequest, SchemaName } from '@bfm/core';
import { planScope, type InspectQuery } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';

/** What a status is asked about, per connection. */
export interface StatusScope {
  readonly queries: ReadonlyMap<ConnectionName, readonly InspectQuery[]>;
  /** The migrations meant for a schema of a connection, in canonical order; the same array for equal places. */
  readonly wantedIn: (connection: ConnectionName, schema: SchemaName) => readonly Migration[];
  /** True for schemas that a file or the request names: they are told of even when they do not exist. */
  readonly isNamed: (connection: ConnectionName, schema: SchemaName) => boolean;
}

/** Without named schemas a status is about the fixed ones and every tenant a ledger knows. */
export function statusScope(request: PlanRequest, { catalog }: ServiceContext): StatusScope {
  const { demands, skips } = planScope(catalog, request);
  const direct = demands.filter(({ wanted, pulledIn }) => wanted.length > pulledIn.size);
  const fixed = new Map<string, readonly Migration[]>();
  const dynamic = Map.groupBy(
    catalog.migrations.filter(({ schema }) => schema === null),
    ({ connection }) => connection,
  );
  const named = new Map<ConnectionName, Set<SchemaName>>();
  for (const { connection, schemas, fixed: schema, wanted } of direct) {
    if (schema !== null) fixed.set(`${connection}/${schema}`, wanted);
    named.set(connection, new Set(schemas).union(named.get(connection) ?? new Set()));
  }
  const queries = new Map<ConnectionName, InspectQuery[]>();
  for (const [connection, schemas] of named) queries.set(connection, [{ connection, schemas: [...schemas] }]);
  for (const { connection } of skips) {
    queries.set(connection, [...(queries.get(connection) ?? []), { connection, schemas: 'known' }]);
  }
  return {
    queries,
    wantedIn: (connection, schema) => fixed.get(`${connection}/${schema}`) ?? dynamic.get(connection) ?? [],
    isNamed: (connection, schema) => named.get(connection)?.has(schema) ?? false,
  };
}
