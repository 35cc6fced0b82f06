import type { Migration, Script } from '@bfm/core';

/** Kinds of object that are told apart by their names. Tables, views, sequences and indexes share their names. */
export type ObjectKind =
  | 'relation'
  | 'type'
  | 'routine'
  | 'column'
  | 'constraint'
  | 'trigger'
  | 'policy'
  | 'enum_value'
  | 'schema'
  | 'extension';

/** What an object is called for people. */
export type ObjectWord =
  | 'table'
  | 'view'
  | 'sequence'
  | 'index'
  | 'type'
  | 'function'
  | 'column'
  | 'constraint'
  | 'trigger'
  | 'policy'
  | 'enum value'
  | 'schema'
  | 'extension';

/** An object as a statement names it; names may be placeholders. */
export interface SchemaObject {
  readonly kind: ObjectKind;
  readonly word: ObjectWord;
  /** `null`: the schema that the migration runs in, or one that has nothing to do with schemas. */
  readonly schema: string | null;
  /** The table of a column, constraint, trigger or policy, the type of an enum value; else `null`. */
  readonly of: string | null;
  readonly name: string;
  /** The table that an index or a partition goes with when it is dropped; `null`: none. */
  readonly within: string | null;
}

/** What a statement does to the objects of a schema, as far as its text tells. */
export type SchemaEffect =
  /** It is there afterwards. A `part` came with something larger, such as a column with its table. */
  | { readonly does: 'make'; readonly object: SchemaObject; readonly part: boolean }
  /** It is gone afterwards, and what belongs to it; with `cascade` nobody can tell what else. */
  | { readonly does: 'drop'; readonly object: SchemaObject; readonly cascade: boolean }
  | { readonly does: 'rename'; readonly object: SchemaObject; readonly to: SchemaObject }
  /** Nobody can tell whether it is there afterwards. */
  | { readonly does: 'blur'; readonly object: SchemaObject }
  /** Nobody can tell that of anything with one of these names, in lower case; `null`: of anything at all. */
  | { readonly does: 'blur-names'; readonly names: ReadonlySet<string> | null };

/** Reads from scripts what they do to schemas. Pure; may be called many times with the same script. */
export interface EffectReader {
  /**
   * What a script does, in order. What only its running could tell is left out: changes of data, dynamic SQL. Never throws
   * for faulty input; a script that cannot be parsed does nothing.
   */
  effects(migration: Migration, script: Script): readonly SchemaEffect[];
}
