import { compareText, type Catalog, type Migration } from '@bfm/core';
import type { PageRequest } from '@bfm/engine';

/** A part of the migrations there are. */
export interface CatalogPage {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
}

/** Lists migrations by id, without their scripts; each with its place in the canonical order. */
export function listCatalog({ migrations }: Pick<Catalog, 'migrations'>, page: PageRequest): CatalogPage {
  const { after, limit } = page;
  const all = migrations
    .map((migration, order) => ({ migration, order }))
    .sort((a, b) => compareText(a.migration.id, b.migration.id));
  const rest = after === null ? all : all.filter(({ migration }) => compareText(migration.id, after) > 0);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ migration, order }) => presentMigration(migration, order)),
    next: last !== undefined && rest.length > items.length ? last.migration.id : null,
  };
}

function presentMigration(migration: Migration, order: number): Record<string, unknown> {
  const { id, version, name, backend, connection, schema, tags, dependencies, up, down } = migration;
  return {
    migration_id: id,
    order,
    version,
    name,
    backend,
    connection,
    schema,
    tags,
    depends_on: dependencies,
    irreversible: down === null,
    file: up.path,
    checksum: up.checksum,
  };
}
