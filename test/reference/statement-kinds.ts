/** A node of the parser's tree: plain JSON, keyed by node type. */
export interface TreeNode {
  readonly [key: string]: unknown;
}

/** Fields by whose value the parser tells kinds of one statement apart. */
const KINDS = [
  'objtype',
  'objectType',
  'removeType',
  'renameType',
  'targtype',
  'kind',
  'stmt_type',
  'subtype',
  'action',
  'target',
  'contype',
  'strategy',
  'pubobjtype',
  'withCheckOption',
];

/** Values that say no more than that nothing special is meant. */
const PLAIN: ReadonlySet<unknown> = new Set(['ACL_TARGET_OBJECT', 'ACL_TARGET_DEFAULTS', 'NO_CHECK_OPTION']);

const PREFIX =
  /^(OBJECT|AT|ACL_TARGET|CONSTR|ROLESTMT|REINDEX_OBJECT|ALTER_SUBSCRIPTION|ALTER_TSCONFIG|AP|DISCARD|VAR|PARTITION_STRATEGY|PUBLICATIONOBJ)_/;

/** Fields that are there, or true, in one form of a statement only. */
const FORMS: ReadonlySet<string> = new Set([
  'accessMethod',
  'concurrent',
  'database',
  'deferrable',
  'for_all_tables',
  'has_version',
  'if_not_exists',
  'indexIncludingParams',
  'indexname',
  'inhRelations',
  'inout',
  'intoClause',
  'isDrop',
  'isReset',
  'is_from',
  'is_grant',
  'is_no_inherit',
  'is_procedure',
  'is_program',
  'is_select_into',
  'is_vacuumcmd',
  'isconstraint',
  'ismove',
  'newVal',
  'nulls_not_distinct',
  'ofTypename',
  'oldVal',
  'partbound',
  'replace',
  'row',
  'skip_validation',
  'sql_body',
  'tableSpace',
  'transitionRels',
  'unique',
  'valuesLists',
  'whenClause',
]);

/** Node types that matter at any depth of a statement. */
const INNER: ReadonlySet<string> = new Set([
  'AlterTableCmd',
  'Constraint',
  'PartitionCmd',
  'PublicationObjSpec',
  'TableLikeClause',
]);

/** Settings that have commands of their own. */
const SET_COMMANDS: ReadonlySet<unknown> = new Set(['role', 'session_authorization', 'TRANSACTION']);

/**
 * The kinds that a parsed statement is of, in the words of ddl-history/reference.txt: node type and kind of object, as in
 * `RenameStmt VIEW`, and each special form of it, as in `IndexStmt.concurrent`. Constraints and the like inside count too.
 *
 * @param text the statement's text: ROLE, USER and GROUP are one to the parser
 */
export function statementKinds(statement: TreeNode, text: string): ReadonlySet<string> {
  const [type, fields] = entryOf(statement);
  const found = new Set(kindsOf(type, fields));
  if (/^(Alter|Drop)Role/.test(type)) found.add(`${type} ${text.split(/\s+/)[1]?.toUpperCase() ?? ''}`);
  if (SET_COMMANDS.has(fields['name'])) found.add(`${type} ${String(fields['name'])}`);
  const commands = type === 'AlterTableStmt' ? `${type} ${kindIn(fields)}` : 'AlterTableCmd';
  for (const [inner, node] of innerNodes(fields)) {
    for (const kind of kindsOf(inner === 'AlterTableCmd' ? commands : inner, node)) found.add(kind);
  }
  return found;
}

function kindsOf(type: string, fields: TreeNode): readonly string[] {
  const kind = `${type} ${kindIn(fields)}`.trim();
  const forms = Object.keys(fields).filter((field) => FORMS.has(field) && fields[field] !== false);
  if (type.startsWith('Grant') && fields['is_grant'] !== true) forms.push('revoke');
  if (type === 'ReindexStmt' && JSON.stringify(fields['params'] ?? []).includes('concurrently')) {
    forms.push('concurrently');
  }
  if (type === 'DefineStmt' && fields['definition'] === undefined) forms.push('shell');
  return [kind, ...[...forms, ...persistence(fields)].map((form) => `${kind}.${form}`)];
}

function kindIn(fields: TreeNode): string {
  const values = KINDS.map((name) => fields[name] ?? nodeIn(fields, 'partspec')[name]);
  const words = values.filter((value) => typeof value === 'string' && !PLAIN.has(value));
  // Every renaming has this field; it means something where a part of something else is renamed.
  if (/COLUMN|ATTRIBUTE/.test(String(fields['renameType']))) words.push(fields['relationType']);
  return words.map((value) => String(value).replace(PREFIX, '')).join(' ');
}

function persistence(fields: TreeNode): readonly string[] {
  const relation = [fields['relation'], fields['view'], fields['sequence']].find(isNode);
  const letter = relation?.['relpersistence'];
  return letter === 't' ? ['temporary'] : letter === 'u' ? ['unlogged'] : [];
}

function* innerNodes(value: unknown): Generator<readonly [string, TreeNode]> {
  if (Array.isArray(value)) for (const item of value) yield* innerNodes(item);
  if (!isNode(value)) return;
  for (const [key, field] of Object.entries(value)) {
    if (INNER.has(key) && isNode(field)) yield [key, field];
    yield* innerNodes(field);
  }
}

function entryOf(node: TreeNode): readonly [string, TreeNode] {
  const [entry] = Object.entries(node);
  if (entry === undefined) throw new Error('an empty node is no statement');
  return [entry[0], isNode(entry[1]) ? entry[1] : {}];
}

function nodeIn(fields: TreeNode, key: string): TreeNode {
  const value = fields[key];
  return isNode(value) ? value : {};
}

function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
