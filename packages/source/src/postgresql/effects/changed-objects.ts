import type { SchemaEffect, SchemaObject } from '@bfm/engine';
import { nodeIn, nodesIn, unwrap, type TreeNode } from '../parse-tree.ts';
import { nameWithPlaceholders } from '../placeholders.ts';
import { columnEffects, type StatementReader } from './created-objects.ts';
import { blur, drop } from './effect-list.ts';
import {
  COLUMN,
  CONSTRAINT,
  namesIn,
  objectAt,
  partOf,
  relationIn,
  ROUTINE,
  sortOf,
  type ObjectSort,
  type Place,
} from './named-object.ts';

/** By type of statement: what it drops, renames and moves. */
export const CHANGED: Readonly<Partial<Record<string, StatementReader>>> = {
  DropStmt: dropped,
  AlterTableStmt: alteredTable,
  RenameStmt: renamed,
  AlterObjectSchemaStmt: moved,
  // Who owns what is not in the files.
  DropOwnedStmt: () => [{ does: 'blur-names', names: null }],
};

/** Found through their table: `[schema, table, part]`. */
const PARTS: ReadonlySet<string> = new Set(['trigger', 'policy', 'constraint', 'column']);

function dropped(fields: TreeNode): readonly SchemaEffect[] {
  const what = sortOf(fields['removeType']);
  if (what === undefined) return [];
  return nodesIn(fields, 'objects').flatMap((node): readonly SchemaEffect[] => {
    const object = toObject(what, namesIn(node));
    if (object === null) return [];
    // Another one with this name and other arguments may stay.
    const own = what === ROUTINE ? blur(object) : drop(object, fields['behavior']);
    const isWider = what === ROUTINE && fields['behavior'] === 'DROP_CASCADE';
    return isWider ? [own, { does: 'blur-names', names: null }] : [own];
  });
}

function toObject(what: ObjectSort, names: readonly string[]): SchemaObject | null {
  const name = names.at(-1);
  if (name === undefined) return null;
  if (!PARTS.has(what.kind)) return objectAt(what, { schema: names.at(-2) ?? null, name });
  const table = names.at(-2);
  return table === undefined ? null : partOf(what, { schema: names.at(-3) ?? null, name: table }, name);
}

function alteredTable(fields: TreeNode): readonly SchemaEffect[] {
  const table = relationIn(fields, 'relation');
  if (table === null) return [];
  return nodesIn(fields, 'cmds').flatMap((command) => tableCommand(table, nodeIn(command, 'AlterTableCmd')));
}

function tableCommand(table: Place, command: TreeNode): readonly SchemaEffect[] {
  const { subtype, name, behavior } = command;
  switch (subtype) {
    case 'AT_AddColumn':
    case 'AT_AddConstraint':
      return columnEffects(table, nodeIn(command, 'def'), false);
    case 'AT_DropColumn':
      return typeof name === 'string' ? [drop(partOf(COLUMN, table, name), behavior)] : [];
    case 'AT_DropConstraint':
      return typeof name === 'string' ? [drop(partOf(CONSTRAINT, table, name), behavior)] : [];
    default:
      return [];
  }
}

function renamed(fields: TreeNode): readonly SchemaEffect[] {
  const what = sortOf(fields['renameType']);
  const { subname, newname } = fields;
  if (what === undefined || typeof newname !== 'string') return [];
  // What is in it moves along.
  if (what.kind === 'schema') return [{ does: 'blur-names', names: null }];
  const name = nameWithPlaceholders(newname);
  const table = relationIn(fields, 'relation');
  if (PARTS.has(what.kind)) {
    if (table === null || typeof subname !== 'string') return [];
    return [{ does: 'rename', object: partOf(what, table, subname), to: partOf(what, table, name) }];
  }
  const object = table === null ? toObject(what, namesIn(nodeIn(fields, 'object'))) : objectAt(what, table);
  return object === null ? [] : [{ does: 'rename', object, to: { ...object, name } }];
}

function moved(fields: TreeNode): readonly SchemaEffect[] {
  const what = sortOf(fields['objectType']);
  const { newschema } = fields;
  if (what === undefined || typeof newschema !== 'string') return [];
  const table = relationIn(fields, 'relation');
  const { type } = unwrap(nodeIn(fields, 'object'));
  const object =
    table === null
      ? toObject(what, type === '' ? [] : namesIn(nodeIn(fields, 'object')))
      : objectAt(what, table);
  if (object === null || what.kind === 'extension') return [];
  return [{ does: 'rename', object, to: { ...object, schema: nameWithPlaceholders(newschema) } }];
}
