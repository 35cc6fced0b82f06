import type { ConnectionName, MigrationId, MigrationIdParts, SchemaName } from '@bfm/core';
import { compareMigrations } from './canonical-order.ts';

/** A migration as dependencies find it; `broken` ones stand for files that could not be read whole. */
export interface IndexedMigration extends MigrationIdParts {
  readonly id: MigrationId;
  readonly schema: SchemaName | null;
  /** Its own files are faulty: what depends on it is left out of the catalog without a fault of its own. */
  readonly broken: boolean;
}

/** Finds migrations by connection and by any of the words a dependency may use for them. */
export interface MigrationIndex {
  /** Every migration a word fits, in canonical (version, id) order: a version, a name, `{version}_{name}` or an id. */
  find(connection: ConnectionName, word: string): readonly IndexedMigration[];
  /** The migration with this whole id, in any connection. */
  byId(id: string): IndexedMigration | undefined;
  /** The connections that have a migration of this name, sorted. */
  connectionsWithName(name: string): readonly ConnectionName[];
  /** All names and versions of a connection, for suggestions. */
  words(connection: ConnectionName): readonly string[];
  readonly connections: readonly ConnectionName[];
}

/** Builds the index; time and memory grow with the number of migrations only. */
export function indexMigrations(migrations: readonly IndexedMigration[]): MigrationIndex {
  const byConnection = new Map<ConnectionName, Map<string, Set<IndexedMigration>>>();
  const byId = new Map<string, IndexedMigration>();
  const byName = new Map<string, Set<ConnectionName>>();
  for (const migration of migrations.toSorted(compareMigrations)) {
    const { connection, name, version, id } = migration;
    byId.set(id, migration);
    addTo(byName, name, connection);
    const words = byConnection.get(connection) ?? new Map<string, Set<IndexedMigration>>();
    byConnection.set(connection, words);
    for (const word of [version, name, `${version}_${name}`, id]) addTo(words, word, migration);
  }
  return {
    find: (connection, word) => [...(byConnection.get(connection)?.get(word) ?? [])],
    byId: (id) => byId.get(id),
    connectionsWithName: (name) => [...(byName.get(name) ?? [])].sort(),
    words: (connection) => [...(byConnection.get(connection)?.keys() ?? [])],
    connections: [...byConnection.keys()].sort(),
  };
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
