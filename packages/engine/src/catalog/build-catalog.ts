import type {
  Catalog,
  ConnectionName,
  Fault,
  Migration,
  MigrationId,
  MigrationIdParts,
  SchemaName,
} from '@bfm/core';
import { isCalendarVersion, toMigrationId } from '@bfm/core';
import { compareFaults } from './compare-faults.ts';
import { compareMigrations, toCanonicalOrder } from './canonical-order.ts';
import { findDuplicateVersions } from './duplicate-versions.ts';
import { findCycles } from './find-cycles.ts';
import type { DependencyRef, MigrationDraft } from './migration-draft.ts';
import { indexMigrations, type IndexedMigration } from './migration-index.ts';
import { spreadQuarantine, type QuarantinedMigration } from './quarantine.ts';
import { createDependencyResolver, type DependencyResolver, type NearestName } from './resolve-dependency.ts';

/** What building a catalog needs beside the drafts. */
export interface BuildCatalogOptions {
  /** Connections whose migrations all run in one schema: a draft that names none gets this one and is fixed. */
  readonly defaultSchemas: ReadonlyMap<ConnectionName, SchemaName>;
  /** Migrations whose files are faulty: what depends on them is quarantined instead of being told "missing". */
  readonly broken?: readonly MigrationIdParts[];
  /** Drafts that are faulty for another reason, which is among `faults`. */
  readonly refused?: ReadonlySet<MigrationId>;
  /** What reading the files found wrong already; comes back among the faults. */
  readonly faults?: readonly Fault[];
  /** What reading the files found odd already; comes back among the warnings. */
  readonly warnings?: readonly Fault[];
  /** Chooses the suggestion for a misspelled dependency. @default none is suggested */
  readonly nearest?: NearestName;
}

/** A catalog, everything that is wrong with what is not in it, and what was left out for that. */
export interface BuiltCatalog {
  readonly catalog: Catalog;
  /** Ordered by file and place; the same for any order of the drafts. */
  readonly faults: readonly Fault[];
  /** Migrations known but not in the catalog, in (version, id) order: the faulty ones and all that depend on them. */
  readonly quarantined: readonly QuarantinedMigration[];
}

/**
 * Makes the catalog of a set of drafts: gives default schemas, looks dependencies up, refuses duplicates and cycles,
 * and puts the rest into canonical order. Faulty migrations and their dependents are left out while every fault is
 * reported. Pure; the answer does not depend on the order of the drafts. Codes of the faults:
 * `migration.duplicate_version`, `dependency.missing`, `dependency.ambiguous`, `dependency.cycle`,
 * `dependency.fixed_on_dynamic`.
 */
export function buildCatalog(drafts: readonly MigrationDraft[], options: BuildCatalogOptions): BuiltCatalog {
  const nodes = drafts.map((draft) => toNode(draft, options.defaultSchemas));
  const broken = (options.broken ?? []).map(toBrokenNode);
  const duplicates = findDuplicateVersions(drafts);
  const resolved = resolveAll(nodes, [...nodes.map((node) => node.indexed), ...broken], options.nearest);
  const cycles = findCycles(nodes, resolved.graph);
  const faulty = new Set<MigrationId>([
    ...broken.map((migration) => migration.id),
    ...(options.refused ?? []),
    ...duplicates.ids,
    ...resolved.faulty,
    ...cycles.flat(),
  ]);
  const quarantine = spreadQuarantine(faulty, resolved.graph);
  const sound = nodes.filter((node) => !quarantine.has(node.id));
  const ordered = toCanonicalOrder(sound, resolved.graph).map((node) => toMigration(node, resolved.graph));
  const cycleFaults = cycles.map((cycle) => describeCycle(cycle, resolved.edges));
  return {
    catalog: toCatalog(
      ordered,
      [...(options.warnings ?? []), ...warnAboutVersions(nodes)].sort(compareFaults),
    ),
    faults: [...(options.faults ?? []), ...duplicates.faults, ...resolved.faults, ...cycleFaults].sort(
      compareFaults,
    ),
    quarantined: toQuarantined([...nodes, ...broken], quarantine),
  };
}

/** A draft with what has been found out about it. */
interface Node {
  readonly id: MigrationId;
  readonly version: string;
  readonly draft: MigrationDraft;
  readonly indexed: IndexedMigration;
}

function toNode(draft: MigrationDraft, defaultSchemas: BuildCatalogOptions['defaultSchemas']): Node {
  const { version, name, backend, connection } = draft;
  const id = toMigrationId(draft);
  const schema = draft.schema ?? defaultSchemas.get(connection) ?? null;
  return { id, version, draft, indexed: { id, version, name, backend, connection, schema, broken: false } };
}

function toBrokenNode(parts: MigrationIdParts): IndexedMigration {
  return { ...parts, id: toMigrationId(parts), schema: null, broken: true };
}

interface Resolution {
  readonly graph: Map<MigrationId, readonly MigrationId[]>;
  /** Where each edge stands in the files, by `edgeKey`. */
  readonly edges: Map<string, DependencyRef>;
  readonly faults: Fault[];
  readonly faulty: Set<MigrationId>;
}

function resolveAll(
  nodes: readonly Node[],
  indexed: readonly IndexedMigration[],
  nearest: NearestName = () => null,
): Resolution {
  const resolve = createDependencyResolver(indexMigrations(indexed), nearest);
  const found: Resolution = { graph: new Map(), edges: new Map(), faults: [], faulty: new Set() };
  for (const node of nodes) {
    const dependencies = resolveOne(node, resolve, found);
    if (dependencies.size > 0) found.graph.set(node.id, [...dependencies].sort());
  }
  return found;
}

function resolveOne(
  { id, draft, indexed }: Node,
  resolve: DependencyResolver,
  found: Resolution,
): Set<MigrationId> {
  const dependencies = new Set<MigrationId>();
  for (const ref of draft.dependencies) {
    const result = resolve(indexed, ref);
    if (!result.ok) {
      found.faulty.add(id);
      found.faults.push(result.fault);
      continue;
    }
    dependencies.add(result.dependency.id);
    const key = edgeKey(id, result.dependency.id);
    if (!found.edges.has(key)) found.edges.set(key, ref);
  }
  return dependencies;
}

function edgeKey(from: MigrationId, to: MigrationId): string {
  return `${from}\0${to}`;
}

function describeCycle(cycle: readonly MigrationId[], edges: ReadonlyMap<string, DependencyRef>): Fault {
  const [first, second] = cycle;
  const ref = first === undefined || second === undefined ? undefined : edges.get(edgeKey(first, second));
  return {
    code: 'dependency.cycle',
    message: `dependencies form a cycle: ${cycle.join(' -> ')}`,
    where: { ...ref?.where, ...(first === undefined ? {} : { migration_id: first }) },
    mend: 'take one of these dependencies away; a migration cannot wait for itself',
  };
}

function toMigration({ id, draft, indexed }: Node, graph: Resolution['graph']): Migration {
  const { version, name, backend, connection, tags, requires, up, down } = draft;
  const dependencies = graph.get(id) ?? [];
  return {
    id,
    version,
    name,
    backend,
    connection,
    schema: indexed.schema,
    tags,
    dependencies,
    requires,
    up,
    down,
  };
}

function toCatalog(migrations: readonly Migration[], warnings: readonly Fault[]): Catalog {
  return {
    migrations,
    byId: new Map(migrations.map((migration) => [migration.id, migration])),
    rank: new Map(migrations.map((migration, rank) => [migration.id, rank])),
    warnings,
  };
}

function warnAboutVersions(nodes: readonly Node[]): Fault[] {
  return nodes
    .filter(({ draft }) => !isCalendarVersion(draft.version))
    .map(({ id, draft }): Fault => ({
      code: 'source.suspicious',
      message: `version ${draft.version} is no date; it is used as it stands`,
      where: { file: draft.up.path, migration_id: id },
      mend: 'versions are YYYYMMDDhhmmss in UTC, for example `date -u +%Y%m%d%H%M%S`',
    }))
    .sort(compareFaults);
}

function toQuarantined(
  known: readonly (Node | IndexedMigration)[],
  quarantine: ReadonlyMap<MigrationId, MigrationId | null>,
): QuarantinedMigration[] {
  return known
    .flatMap(({ id, version }) => {
      const blockedBy = quarantine.get(id);
      return blockedBy === undefined ? [] : [{ id, version, blockedBy }];
    })
    .sort(compareMigrations);
}
