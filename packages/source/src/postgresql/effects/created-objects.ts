import type { SchemaEffect } from '@bfm/engine';
import { nodeIn, nodesIn, unwrap, type TreeNode } from '../parse-tree.ts';
import { nameWithPlaceholders } from '../placeholders.ts';
import { make, makePart } from './effect-list.ts';
import {
  COLUMN,
  CONSTRAINT,
  ENUM_VALUE,
  EXTENSION,
  INDEX,
  objectAt,
  partOf,
  placeOf,
  POLICY,
  relationIn,
  ROUTINE,
  SCHEMA,
  SEQUENCE,
  TABLE,
  TRIGGER,
  TYPE,
  VIEW,
  type ObjectSort,
  type Place,
} from './named-object.ts';

/** What statements of one type do. */
export type StatementReader = (fields: TreeNode) => readonly SchemaEffect[];

/** By type of statement: what it makes. */
export const CREATED: Readonly<Partial<Record<string, StatementReader>>> = {
  CreateStmt: createdTable,
  CreateForeignTableStmt: (fields) => createdTable(nodeIn(fields, 'base')),
  CreateTableAsStmt: (fields) =>
    placed(relationIn(nodeIn(fields, 'into'), 'rel'), fields['objtype'] === 'OBJECT_MATVIEW' ? VIEW : TABLE),
  SelectStmt: (fields) => placed(relationIn(nodeIn(fields, 'intoClause'), 'rel'), TABLE),
  ViewStmt: (fields) => placed(relationIn(fields, 'view'), VIEW),
  CreateSeqStmt: (fields) => placed(relationIn(fields, 'sequence'), SEQUENCE),
  IndexStmt: createdIndex,
  CreateEnumStmt: createdEnum,
  CompositeTypeStmt: (fields) => placed(relationIn(fields, 'typevar'), TYPE),
  CreateRangeStmt: (fields) => placed(placeOf(fields['typeName']), TYPE),
  CreateDomainStmt: (fields) => placed(placeOf(fields['domainname']), TYPE),
  DefineStmt: (fields) => placed(placeOf(fields['defnames']), DEFINED[String(fields['kind'])]),
  CreateFunctionStmt: (fields) => placed(placeOf(fields['funcname']), ROUTINE),
  CreateTrigStmt: (fields) => partNamed(relationIn(fields, 'relation'), TRIGGER, fields['trigname']),
  CreatePolicyStmt: (fields) => partNamed(relationIn(fields, 'table'), POLICY, fields['policy_name']),
  CreateSchemaStmt: (fields) => named(fields['schemaname'], SCHEMA),
  CreateExtensionStmt: (fields) => named(fields['extname'], EXTENSION),
  AlterEnumStmt: alteredEnum,
};

const DEFINED: Readonly<Partial<Record<string, ObjectSort>>> = {
  OBJECT_AGGREGATE: ROUTINE,
  OBJECT_TYPE: TYPE,
};

function placed(place: Place | null, what: ObjectSort | undefined): readonly SchemaEffect[] {
  return place === null || what === undefined ? [] : make(objectAt(what, place));
}

function named(name: unknown, what: ObjectSort): readonly SchemaEffect[] {
  return typeof name === 'string'
    ? make(objectAt(what, { schema: null, name: nameWithPlaceholders(name) }))
    : [];
}

function partNamed(whole: Place | null, what: ObjectSort, name: unknown): readonly SchemaEffect[] {
  return whole === null || typeof name !== 'string' ? [] : make(partOf(what, whole, name));
}

function createdTable(fields: TreeNode): readonly SchemaEffect[] {
  const table = relationIn(fields, 'relation');
  if (table === null) return [];
  const [parent] = nodesIn(fields, 'inhRelations');
  // A partition is dropped with the table it is one of.
  const isPartition = fields['partbound'] !== undefined && parent !== undefined;
  const within = isPartition ? nodeIn(parent, 'RangeVar')['relname'] : null;
  const object = objectAt(TABLE, table, typeof within === 'string' ? nameWithPlaceholders(within) : null);
  return [
    ...make(object),
    ...nodesIn(fields, 'tableElts').flatMap((element) => columnEffects(table, element, true)),
  ];
}

/** A column, and the constraints that are named in it; or a constraint of the table. */
export function columnEffects(table: Place, element: TreeNode, part: boolean): readonly SchemaEffect[] {
  const { type, fields } = unwrap(element);
  const effect = (name: unknown, what: ObjectSort, isPart: boolean): readonly SchemaEffect[] => {
    if (typeof name !== 'string') return [];
    const object = partOf(what, table, name);
    return isPart ? [makePart(object)] : make(object);
  };
  if (type === 'Constraint') {
    return [...effect(fields['conname'], CONSTRAINT, false), ...takenIndex(table, fields)];
  }
  if (type !== 'ColumnDef') return [];
  const constraints = nodesIn(fields, 'constraints').flatMap((constraint) =>
    effect(nodeIn(constraint, 'Constraint')['conname'], CONSTRAINT, false),
  );
  return [...effect(fields['colname'], COLUMN, part), ...constraints];
}

/** `UNIQUE USING INDEX i`: the index goes on under the constraint's name. */
function takenIndex(table: Place, { indexname, conname }: TreeNode): readonly SchemaEffect[] {
  if (typeof indexname !== 'string' || typeof conname !== 'string' || indexname === conname) return [];
  const object = objectAt(INDEX, { schema: table.schema, name: nameWithPlaceholders(indexname) }, table.name);
  return [{ does: 'rename', object, to: { ...object, name: nameWithPlaceholders(conname) } }];
}

function createdIndex(fields: TreeNode): readonly SchemaEffect[] {
  const table = relationIn(fields, 'relation');
  const name = fields['idxname'];
  // Without a name the server finds one.
  if (table === null || typeof name !== 'string') return [];
  return make(objectAt(INDEX, { schema: table.schema, name: nameWithPlaceholders(name) }, table.name));
}

function createdEnum(fields: TreeNode): readonly SchemaEffect[] {
  const type = placeOf(fields['typeName']);
  if (type === null) return [];
  const values = nodesIn(fields, 'vals').flatMap((value) => {
    const text = nodeIn(value, 'String')['sval'];
    return typeof text === 'string' ? [makePart(partOf(ENUM_VALUE, type, text))] : [];
  });
  return [...make(objectAt(TYPE, type)), ...values];
}

function alteredEnum(fields: TreeNode): readonly SchemaEffect[] {
  const type = placeOf(fields['typeName']);
  const { oldVal: from, newVal: to } = fields;
  if (type === null || typeof to !== 'string') return [];
  const object = partOf(ENUM_VALUE, type, to);
  if (typeof from !== 'string') return make(object);
  return [{ does: 'rename', object: partOf(ENUM_VALUE, type, from), to: object }];
}
