import {
  isBackendName,
  parseSchemaName,
  targetKey,
  type Catalog,
  type ConnectionName,
  type Migration,
  type MigrationId,
  type SchemaName,
  type Version,
} from '@bfm/core';
import type { V1Listed, V1State } from '@bfm/engine';
import { resolveV1Id } from '../v1/resolve-v1-id.ts';
import type { ClaimFacts } from './claim.ts';

/** What a state says of the migrations of one target, by migration. */
export type TargetFacts = ReadonlyMap<MigrationId, ClaimFacts>;

/** What a state says, sorted by targets; nothing is weighed yet. */
export interface ResolvedState {
  /** By `targetKey`. */
  readonly targets: ReadonlyMap<string, StatedTarget>;
  /** Ids of migrations that no file has. */
  readonly gone: ReadonlySet<string>;
  /** Rows that say where a migration ran, which it does not run in here: id and schema. */
  readonly misplaced: readonly MisplacedRow[];
}

/** A target that a state speaks of. */
export interface StatedTarget {
  readonly connection: ConnectionName;
  readonly schema: SchemaName;
  readonly facts: TargetFacts;
}

/** A row that fits no target. */
export interface MisplacedRow {
  readonly migrationId: MigrationId;
  readonly connection: ConnectionName;
  /** As the state has it. */
  readonly schema: string;
}

/** What a Go BFM hangs on the id of what it takes back; such a row names no migration. */
const PHANTOMS = ['_down', '_rollback'];

interface Named {
  readonly migration: Migration;
  readonly schema: string | null;
  readonly phantom: boolean;
}

interface MutableFacts {
  readonly executions: ClaimFacts['executions'][number][];
  readonly history: ClaimFacts['history'][number][];
  readonly phantoms: (string | null)[];
  listed: string | null;
}

interface MutableTarget extends StatedTarget {
  readonly facts: Map<MigrationId, MutableFacts>;
}

/** Sorts the rows of a state by the migrations of a catalog and the schemas they speak of. Pure. */
export function resolveRows(state: V1State, catalog: Catalog): ResolvedState {
  return new RowSorter(catalog).sort(state);
}

class RowSorter {
  readonly #catalog: Catalog;
  readonly #byVersion: ReadonlyMap<Version, readonly Migration[]>;
  readonly #byLowerCase: ReadonlyMap<string, Migration>;
  readonly #named = new Map<string, Named | null>();
  readonly #fixed: ReadonlySet<string>;
  readonly #targets = new Map<string, MutableTarget>();
  readonly #gone = new Set<string>();
  readonly #misplaced = new Map<string, MisplacedRow>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#byVersion = Map.groupBy(catalog.migrations, ({ version }) => version);
    this.#byLowerCase = new Map(
      catalog.migrations.map((migration) => [migration.id.toLowerCase(), migration]),
    );
    this.#fixed = new Set(
      catalog.migrations.flatMap(({ connection, schema }) =>
        schema === null ? [] : [targetKey({ connection, schema })],
      ),
    );
  }

  sort(state: V1State): ResolvedState {
    for (const row of state.executions) {
      this.#each(row, (facts, phantom) => {
        // What failed changed nothing; what became of any other is the history's to say, if anybody's.
        if (!phantom) facts.executions.push(row);
        else if (row.status !== 'failed') facts.phantoms.push(null);
      });
    }
    for (const row of state.history) {
      this.#each(row, (facts, phantom) => {
        if (!phantom) facts.history.push(row);
        else if (row.rolledBackAt !== null) facts.phantoms.push(row.rolledBackAt);
      });
    }
    for (const row of state.listed) this.#list(row);
    for (const { facts } of this.#targets.values()) for (const each of facts.values()) settlePhantoms(each);
    return { targets: this.#targets, gone: this.#gone, misplaced: [...this.#misplaced.values()] };
  }

  /** The list has one row for all schemas: of a dynamic migration it says nothing about any of them. */
  #list(row: V1Listed): void {
    const named = this.#nameOf(row.migrationId);
    if (named === null || named.phantom || named.migration.schema === null) return;
    const facts = this.#factsOf(named.migration, named.migration.schema);
    if (facts.executions.length === 0 && facts.history.length === 0) facts.listed = row.status;
  }

  #each(
    row: Pick<V1Listed, 'migrationId' | 'schema'>,
    note: (facts: MutableFacts, phantom: boolean) => void,
  ): void {
    const named = this.#nameOf(row.migrationId);
    if (named === null) return;
    for (const text of schemasOf(row.schema, named)) {
      const schema = this.#placeOf(text, named.migration);
      if (schema !== null) note(this.#factsOf(named.migration, schema), named.phantom);
    }
  }

  #nameOf(text: string): Named | null {
    const known = this.#named.get(text);
    if (known !== undefined) return known;
    const named = this.#resolve(text) ?? this.#resolvePhantom(text);
    this.#named.set(text, named);
    // A phantom of something gone is not missed.
    if (named === null && !PHANTOMS.some((suffix) => text.endsWith(suffix))) this.#gone.add(text);
    return named;
  }

  #resolve(text: string): Named | null {
    const exact = this.#catalog.byId.get(text as MigrationId) ?? this.#byLowerCase.get(text.toLowerCase());
    if (exact !== undefined) return { migration: exact, schema: null, phantom: false };
    const versions = [...text.matchAll(/(?=(\d{14}))/g)].map(([, version]) => version as Version);
    const near = [...new Set(versions)].flatMap((version) => this.#byVersion.get(version) ?? []);
    const found = resolveV1Id(text, near);
    const migration = found && this.#catalog.byId.get(found.migration.id);
    return migration ? { migration, schema: found.schema, phantom: false } : null;
  }

  #resolvePhantom(text: string): Named | null {
    for (const suffix of PHANTOMS) {
      const named = text.endsWith(suffix) ? this.#resolve(text.slice(0, -suffix.length)) : null;
      if (named !== null) return { ...named, phantom: true };
    }
    return null;
  }

  /** Where a migration that ran in such a schema runs here; `null`: nowhere. */
  #placeOf(text: string, { id, connection, schema: fixed }: Migration): SchemaName | null {
    if (fixed !== null && (text === '' || text === fixed)) return fixed;
    const parsed = parseSchemaName(text);
    const fits =
      fixed === null && parsed.ok && !this.#fixed.has(targetKey({ connection, schema: parsed.name }));
    if (fits) return parsed.name;
    this.#misplaced.set(`${text}/${id}`, { migrationId: id, connection, schema: text });
    return null;
  }

  #factsOf({ id, connection }: Migration, schema: SchemaName): MutableFacts {
    const key = targetKey({ connection, schema });
    let target = this.#targets.get(key);
    if (target === undefined) this.#targets.set(key, (target = { connection, schema, facts: new Map() }));
    let facts = target.facts.get(id);
    if (facts === undefined) {
      facts = { executions: [], history: [], phantoms: [], listed: null };
      target.facts.set(id, facts);
    }
    return facts;
  }
}

/** A phantom's own history tells when it was; its execution is needed only where that is gone. */
function settlePhantoms({ phantoms }: MutableFacts): void {
  if (!phantoms.some((at) => at !== null)) return;
  const dated = phantoms.filter((at) => at !== null);
  phantoms.splice(0, phantoms.length, ...dated);
}

/** Older releases wrote several schemas into one row. */
function schemasOf(text: string, { schema }: Named): readonly string[] {
  if (text === '') return [schema ?? ''];
  return text.split(',').map((part) => part.trim());
}

/** How many rows of a state are of each kind of store that is not imported, by connection. */
export function countOtherBackends(state: V1State): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { backend, connection } of state.executions) {
    if (backend === 'postgresql') continue;
    const key = `${connection} (${isBackendName(backend) ? backend : 'of an unknown kind'})`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
