import { isOwnSchema } from '@bfm/core';
import { isTreeNode, namesOf, nodeIn, stringOf, toNodes, unwrap, type TreeNode } from './parse-tree.ts';

/** Fields that hold a possibly qualified name of an object: `[schema, name]`. Column names never stand in these. */
const QUALIFIED_NAME_FIELDS: ReadonlySet<string> = new Set([
  'funcname',
  'func_name',
  'funcName',
  'names',
  'defnames',
  'typeName',
  'domainname',
  'objname',
  'collname',
  'opclassname',
  'opfamilyname',
  'conversion_name',
  'opclass',
  'operName',
  'plhandler',
  'plinline',
  'plvalidator',
  'handler_name',
]);

/** Fields whose text is the name of a schema. */
const SCHEMA_FIELDS: ReadonlySet<string> = new Set(['schemaname', 'newschema', 'local_schema']);

/** Object kinds named `[schema, table, part]`: with two names the first is a table, not a schema. */
const PARTS_OF_TABLES: ReadonlySet<unknown> = new Set([
  'OBJECT_COLUMN',
  'OBJECT_TRIGGER',
  'OBJECT_RULE',
  'OBJECT_POLICY',
  'OBJECT_TABCONSTRAINT',
]);

/**
 * Whether a statement names a schema of BFM's own as a schema: a table, function, type or operator in it, the schema itself,
 * or `search_path`. A column, alias or table that merely has the same name does not count. What is out of sight: names
 * inside string literals (`'bfm.ledger'::regclass`, dynamic SQL) and inside function or DO bodies that are literals;
 * those are for the server's grants to refuse.
 */
export function namesOwnSchema(statement: TreeNode): boolean {
  const { type, fields } = unwrap(statement);
  return namesSchemaItself(type, fields) || walk(statement);
}

function walk(statement: TreeNode): boolean {
  // A list of values to insert may be long, the tree below an expression deep: both are walked without recursion.
  const waiting: unknown[] = [statement];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (Array.isArray(current)) for (const item of current) waiting.push(item);
    else if (isTreeNode(current) && fieldsNameSchema(current, waiting)) return true;
  }
  return false;
}

/** Checks the fields of a node, and hands what they hold on to be walked. */
function fieldsNameSchema(node: TreeNode, waiting: unknown[]): boolean {
  for (const [key, field] of Object.entries(node)) {
    if (typeof field === 'object') waiting.push(field);
    if (SCHEMA_FIELDS.has(key) && isOwnSchema(field)) return true;
    if (QUALIFIED_NAME_FIELDS.has(key) && isQualified(field)) return true;
    if (isTreeNode(field) && NODE_CHECKS[key]?.(field) === true) return true;
  }
  return false;
}

/** Nodes that name a schema in a field that means something else elsewhere. */
const NODE_CHECKS: Readonly<Partial<Record<string, (fields: TreeNode) => boolean>>> = {
  A_Expr: (fields) => isQualified(fields['name']),
  VariableSetStmt: setsSearchPath,
  setstmt: setsSearchPath,
  DefElem: optionNamesSchema,
  PublicationObjSpec: (fields) => isOwnSchema(fields['name']),
};

function isQualified(value: unknown, partsMin = 2): boolean {
  const names = namesOf(value);
  // With three names the first may be the database.
  return names !== null && names.length >= partsMin && names.slice(0, -1).some(isOwnSchema);
}

function setsSearchPath(fields: TreeNode): boolean {
  if (fields['name'] !== 'search_path') return false;
  return toNodes(fields['args']).some((node) => isOwnSchema(stringOf(node)?.trim()));
}

/** `CREATE EXTENSION ... SCHEMA bfm`, `ALTER DEFAULT PRIVILEGES IN SCHEMA bfm`. */
function optionNamesSchema(fields: TreeNode): boolean {
  if (fields['defname'] !== 'schema' && fields['defname'] !== 'schemas') return false;
  const argument = nodeIn(fields, 'arg');
  const list = namesOf(nodeIn(argument, 'List')['items']);
  return isOwnSchema(stringOf(argument)) || (list?.some(isOwnSchema) ?? false);
}

/** Statements whose objects are listed by kind: DROP, GRANT, COMMENT, ALTER ... OWNER, RENAME, SECURITY LABEL. */
function namesSchemaItself(type: string, fields: TreeNode): boolean {
  // CREATE SCHEMA AUTHORIZATION x makes a schema that is named like the role.
  if (type === 'CreateSchemaStmt' && fields['schemaname'] === undefined) {
    return isOwnSchema(nodeIn(fields, 'authrole')['rolename']);
  }
  const kind = kindOf(fields);
  const objects = [...toNodes(fields['objects']), ...toNodes([fields['object']])];
  if (kind === 'OBJECT_SCHEMA' || fields['targtype'] === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const names = [fields['subname'], fields['newname'], ...objects.map(stringOf)];
    return names.some(isOwnSchema);
  }
  const partsMin = PARTS_OF_TABLES.has(kind) ? 3 : 2;
  return objects.some((object) => isQualified(nodeIn(object, 'List')['items'], partsMin));
}

/** The kind of object a statement is about; each statement has its own field for it. */
function kindOf(fields: TreeNode): unknown {
  return fields['removeType'] ?? fields['objtype'] ?? fields['objectType'] ?? fields['renameType'];
}
