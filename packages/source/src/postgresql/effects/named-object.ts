import type { ObjectKind, ObjectWord, SchemaObject } from '@bfm/engine';
import { nameWithPlaceholders } from '../placeholders.ts';
import { namesOf, nodeIn, unwrap, type TreeNode } from '../parse-tree.ts';

/** What an object is, without its name. */
export type ObjectSort = Pick<SchemaObject, 'kind' | 'word'>;

const sort = (kind: ObjectKind, word: ObjectWord): ObjectSort => ({ kind, word });

/** Tables, foreign ones and partitions too. */
export const TABLE = sort('relation', 'table');
/** Views, materialized ones too. */
export const VIEW = sort('relation', 'view');
/** Sequences. */
export const SEQUENCE = sort('relation', 'sequence');
/** Indexes. */
export const INDEX = sort('relation', 'index');
/** Types and domains. */
export const TYPE = sort('type', 'type');
/** Functions, procedures and aggregates, whatever their arguments. */
export const ROUTINE = sort('routine', 'function');
/** Columns. */
export const COLUMN = sort('column', 'column');
/** Constraints of tables. */
export const CONSTRAINT = sort('constraint', 'constraint');
/** Triggers. */
export const TRIGGER = sort('trigger', 'trigger');
/** Policies. */
export const POLICY = sort('policy', 'policy');
/** Values of enumerated types. */
export const ENUM_VALUE = sort('enum_value', 'enum value');
/** Schemas. */
export const SCHEMA = sort('schema', 'schema');
/** Extensions. */
export const EXTENSION = sort('extension', 'extension');

/** How the statements that work on many kinds of object name each. */
const BY_OBJECT_TYPE: Readonly<Partial<Record<string, ObjectSort>>> = {
  OBJECT_TABLE: TABLE,
  OBJECT_FOREIGN_TABLE: TABLE,
  OBJECT_VIEW: VIEW,
  OBJECT_MATVIEW: VIEW,
  OBJECT_SEQUENCE: SEQUENCE,
  OBJECT_INDEX: INDEX,
  OBJECT_TYPE: TYPE,
  OBJECT_DOMAIN: TYPE,
  OBJECT_FUNCTION: ROUTINE,
  OBJECT_PROCEDURE: ROUTINE,
  OBJECT_ROUTINE: ROUTINE,
  OBJECT_AGGREGATE: ROUTINE,
  OBJECT_COLUMN: COLUMN,
  OBJECT_ATTRIBUTE: COLUMN,
  OBJECT_TABCONSTRAINT: CONSTRAINT,
  OBJECT_TRIGGER: TRIGGER,
  OBJECT_POLICY: POLICY,
  OBJECT_SCHEMA: SCHEMA,
  OBJECT_EXTENSION: EXTENSION,
};

/** The sort of object that a field such as `removeType` speaks of; `undefined`: none that is followed. */
export function sortOf(objectType: unknown): ObjectSort | undefined {
  return typeof objectType === 'string' ? BY_OBJECT_TYPE[objectType] : undefined;
}

/** Where a relation is, as its `RangeVar` says; `null` when it names none, or a temporary one. */
export function relationIn(fields: TreeNode, key: string): Place | null {
  const relation = nodeIn(fields, key);
  const name = relation['relname'];
  if (typeof name !== 'string' || relation['relpersistence'] === 't') return null;
  const schema = relation['schemaname'];
  return {
    schema: typeof schema === 'string' ? nameWithPlaceholders(schema) : null,
    name: nameWithPlaceholders(name),
  };
}

/** A name, and the schema in front of it. */
export interface Place {
  readonly schema: string | null;
  readonly name: string;
}

/** A possibly qualified name from a list of names; `null` when it holds none. */
export function placeOf(value: unknown): Place | null {
  const names = (namesOf(value) ?? []).map(nameWithPlaceholders);
  const name = names.at(-1);
  return name === undefined ? null : { schema: names.at(-2) ?? null, name };
}

/** The names of an object of a list such as DROP's, in whatever node it stands. */
export function namesIn(object: TreeNode): readonly string[] {
  const { type, fields } = unwrap(object);
  if (type === 'String') {
    return typeof fields['sval'] === 'string' ? [nameWithPlaceholders(fields['sval'])] : [];
  }
  const names = namesOf(fields['items'] ?? fields['objname'] ?? fields['names']) ?? [];
  return names.map(nameWithPlaceholders);
}

/** An object of its own. */
export function objectAt(
  what: ObjectSort,
  { schema, name }: Place,
  within: string | null = null,
): SchemaObject {
  return { ...what, schema, of: null, name, within };
}

/** Part of a table or type. */
export function partOf(what: ObjectSort, whole: Place, name: string): SchemaObject {
  return { ...what, schema: whole.schema, of: whole.name, name: nameWithPlaceholders(name), within: null };
}
