import type { ConnectionName, ErrorCode, Fault } from '@bfm/core';
import type { DependencyRef } from './migration-draft.ts';
import type { IndexedMigration, MigrationIndex } from './migration-index.ts';

/** Picks the candidate that is spelled most like a word; `null` when none is near. */
export type NearestName = (word: string, candidates: readonly string[]) => string | null;

/** What looking up one dependency gives. */
export type ResolvedDependency =
  | { readonly ok: true; readonly dependency: IndexedMigration }
  | { readonly ok: false; readonly fault: Fault };

/** Looks one dependency of a migration up. */
export type DependencyResolver = (owner: IndexedMigration, ref: DependencyRef) => ResolvedDependency;

const LISTED_MAX = 10;

/** Makes a function that looks dependencies up; it remembers suggestions, so that many alike cost one search. */
export function createDependencyResolver(index: MigrationIndex, nearest: NearestName): DependencyResolver {
  const mends = new Map<string, string>();
  const mendMissing = (connection: ConnectionName, target: string): string => {
    const key = `${connection}/${target}`;
    const known = mends.get(key);
    if (known !== undefined) return known;
    const mend = suggest({ index, nearest, connection, target });
    mends.set(key, mend);
    return mend;
  };
  return (owner, ref) => {
    const connection = ref.connection ?? owner.connection;
    const found = lookUp(index, owner, ref);
    const [first, second] = found;
    if (first === undefined) {
      const message = `${owner.id} depends on ${ref.text}, which does not exist`;
      return refuse(owner, ref, ['dependency.missing', message, mendMissing(connection, ref.target)]);
    }
    if (second !== undefined) return refuse(owner, ref, describeAmbiguous(owner, ref, found));
    if (owner.schema !== null && first.schema === null) {
      return refuse(owner, ref, describeFixedOnDynamic(owner, owner.schema, first));
    }
    return { ok: true, dependency: first };
  };
}

/** Code, message and mend of a refusal. */
type Refusal = readonly [ErrorCode, string, string];

function lookUp(
  index: MigrationIndex,
  owner: IndexedMigration,
  ref: DependencyRef,
): readonly IndexedMigration[] {
  const found = index.find(ref.connection ?? owner.connection, ref.target);
  if (found.length > 0 || ref.connection !== null) return found;
  // A whole id names its connection itself.
  const byId = index.byId(ref.target);
  return byId === undefined ? [] : [byId];
}

function refuse(
  owner: IndexedMigration,
  ref: DependencyRef,
  [code, message, mend]: Refusal,
): ResolvedDependency {
  return { ok: false, fault: { code, message, mend, where: { ...ref.where, migration_id: owner.id } } };
}

function describeAmbiguous(
  owner: IndexedMigration,
  ref: DependencyRef,
  found: readonly IndexedMigration[],
): Refusal {
  const listed = found.slice(0, LISTED_MAX).map((migration) => migration.id);
  const more = found.length > listed.length ? ` and ${found.length - listed.length} more` : '';
  return [
    'dependency.ambiguous',
    `${owner.id} depends on ${ref.text}, which fits several migrations: ${listed.join(', ')}${more}`,
    'write the whole id of the one that is meant',
  ];
}

function describeFixedOnDynamic(
  owner: IndexedMigration,
  schema: string,
  dependency: IndexedMigration,
): Refusal {
  return [
    'dependency.fixed_on_dynamic',
    `${owner.id} runs once, in schema ${schema}, but depends on ${dependency.id}, which runs in every schema it is asked for`,
    'give the dependency a schema too, or take `schema` off the dependent',
  ];
}

interface Missing {
  readonly index: MigrationIndex;
  readonly nearest: NearestName;
  readonly connection: ConnectionName;
  readonly target: string;
}

function suggest({ index, nearest, connection, target }: Missing): string {
  const elsewhere = index.connectionsWithName(target);
  if (elsewhere.length > 0) {
    return `connection ${connection} has none of this name; write ${elsewhere.map((other) => `${other}/${target}`).join(' or ')}`;
  }
  if (!index.connections.includes(connection)) {
    const near = nearest(connection, index.connections);
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    return `No migration of connection ${connection} is in the sfm folder.${hint}`;
  }
  const near = nearest(target, index.words(connection));
  const hint =
    near === null ? 'Write a version, a name or a whole id' : `Did you mean ${near}? Write a name that is`;
  return `${hint} of connection ${connection}.`;
}
