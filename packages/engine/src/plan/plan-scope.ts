import {
  compareText,
  type BackendName,
  type Catalog,
  type ConnectionName,
  type Migration,
  type MigrationId,
  type PlanRequest,
  type PlanSkip,
  type SchemaName,
} from '@bfm/core';
import { isSelected, matchesPlace } from './selection.ts';

/** Migrations wanted on every one of some targets, all of one connection. */
export interface PlanDemand {
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  /** The fixed schema, or `null` for dynamic migrations. */
  readonly fixed: SchemaName | null;
  /** Ordered. Those of a fixed demand: just that one. */
  readonly schemas: readonly SchemaName[];
  /** In canonical order: what was selected and what that needs. */
  readonly wanted: readonly Migration[];
  /** The part of `wanted` that is there only because something selected depends on it. */
  readonly pulledIn: ReadonlySet<MigrationId>;
}

/** What a request is about, before any ledger was read. */
export interface PlanScope {
  readonly demands: readonly PlanDemand[];
  readonly skips: readonly PlanSkip[];
}

/**
 * Works out which migrations a request wants on which targets, with everything they depend on. Pure and independent
 * of ledgers, so that it also tells which ledgers must be read.
 *
 * Named or listed schemas narrow the selection: dynamic migrations run in each of them, fixed ones are selected only
 * when their schema is among them. A schema that a selected connection fixes is no tenant: naming it means its fixed
 * migrations. Without any schema, all fixed migrations are selected and dynamic ones are skipped with the reason
 * `schema_required`.
 */
export function planScope(catalog: Catalog, request: PlanRequest): PlanScope {
  const schemas = requestedSchemas(request);
  const selected = catalog.migrations.filter((migration) => isSelected(migration, request));
  const tenants = new TenantSchemas(catalog, request, schemas ?? []);
  const named = schemas === null ? null : new Set(schemas);
  const runnable = selected.filter(({ schema, connection }) =>
    schema === null ? tenants.of(connection).length > 0 : (named?.has(schema) ?? true),
  );
  const pullsIn = request.direction === 'up' && !request.ignoreDependencies;
  const wanted = pullsIn ? withDependencies(catalog, runnable) : runnable;
  const chosen = new Set(runnable.map((migration) => migration.id));
  return {
    demands: toDemands(wanted, chosen, tenants),
    skips: schemas === null ? skipsOfDynamic(selected) : [],
  };
}

/** The schemas a request names or lists, ordered; `null` when it speaks of none. */
function requestedSchemas(request: PlanRequest): readonly SchemaName[] | null {
  if (request.schemas.length === 0 && !request.schemasListed) return null;
  return [...new Set([...request.schemas, ...request.listedSchemas])].sort(compareText);
}

/** Which of the schemas asked for are tenants of a connection. */
class TenantSchemas {
  readonly #tenants: readonly SchemaName[];
  readonly #fixed: ReadonlyMap<ConnectionName, ReadonlySet<SchemaName | null>>;
  readonly #byConnection = new Map<ConnectionName, readonly SchemaName[]>();

  constructor(catalog: Catalog, request: PlanRequest, schemas: readonly SchemaName[]) {
    const byConnection = Map.groupBy(catalog.migrations, ({ connection }) => connection);
    this.#fixed = new Map(
      [...byConnection].map(([connection, those]) => [
        connection,
        new Set(those.map(({ schema }) => schema)),
      ]),
    );
    const places = catalog.migrations.filter((migration) => matchesPlace(migration, request));
    const fixedHere = new Set(places.map(({ schema }) => schema));
    this.#tenants = schemas.filter((schema) => !fixedHere.has(schema));
  }

  /** Never a schema the connection fixes itself, even when only a dependency leads there. */
  of(connection: ConnectionName): readonly SchemaName[] {
    const known = this.#byConnection.get(connection);
    if (known !== undefined) return known;
    const fixed = this.#fixed.get(connection);
    const schemas = this.#tenants.filter((schema) => fixed?.has(schema) !== true);
    this.#byConnection.set(connection, schemas);
    return schemas;
  }
}

function withDependencies(catalog: Catalog, selected: readonly Migration[]): Migration[] {
  const reached = new Map<MigrationId, Migration>();
  const open = [...selected];
  for (let migration = open.pop(); migration !== undefined; migration = open.pop()) {
    if (reached.has(migration.id)) continue;
    reached.set(migration.id, migration);
    for (const id of migration.dependencies) {
      const dependency = catalog.byId.get(id);
      if (dependency !== undefined) open.push(dependency);
    }
  }
  // The catalog's order is kept by filtering it, instead of sorting what was reached.
  return catalog.migrations.filter((migration) => reached.has(migration.id));
}

function toDemands(
  wanted: readonly Migration[],
  chosen: ReadonlySet<MigrationId>,
  tenants: TenantSchemas,
): PlanDemand[] {
  const byPlace = Map.groupBy(wanted, (migration) => `${migration.connection}/${migration.schema ?? ''}`);
  const demands: PlanDemand[] = [];
  for (const migrations of byPlace.values()) {
    const [first] = migrations;
    if (first === undefined) continue;
    const { backend, connection, schema: fixed } = first;
    demands.push({
      backend,
      connection,
      fixed,
      schemas: fixed === null ? tenants.of(connection) : [fixed],
      wanted: migrations,
      pulledIn: new Set(migrations.filter(({ id }) => !chosen.has(id)).map(({ id }) => id)),
    });
  }
  return demands.sort((a, b) => compareText(placeOf(a), placeOf(b)));
}

function placeOf(demand: PlanDemand): string {
  return `${demand.connection}/${demand.fixed ?? ''}`;
}

function skipsOfDynamic(migrations: readonly Migration[]): PlanSkip[] {
  const dynamic = migrations.filter(({ schema }) => schema === null);
  return [...Map.groupBy(dynamic, ({ connection }) => connection)].map(([connection, those]) => ({
    connection,
    schema: null,
    reason: 'schema_required',
    migrations: those.length,
  }));
}
