import type { BareStatement, ObjectName } from '@bfm/core';
import { indexDefinitionStart } from './index-definition.ts';
import { nodeIn, nodesIn, namesOf, stringOf, unwrap, type TreeNode } from './parse-tree.ts';
import { nameWithPlaceholders } from './placeholders.ts';
import { asksConcurrently, outsideTransactionOnly } from './transaction-rules.ts';

/** A statement's text: as the parser saw it, and as it stands in the file; both are of one length. */
export interface BareText {
  readonly marked: string;
  readonly text: string;
}

/** What a statement type does outside of a transaction; `null`: this one runs in a transaction. */
type Describe = (fields: TreeNode, text: BareText) => BareStatement | null;

const REPEATABLE: BareStatement = { effect: 'repeatable' };
const UNKNOWN: BareStatement = { effect: 'unknown' };

const DESCRIBE: Readonly<Partial<Record<string, Describe>>> = {
  IndexStmt: (fields, text) => (fields['concurrent'] === true ? describeIndex(fields, text) : null),
  DropStmt: (fields) => (fields['concurrent'] === true ? describeDropIndex(fields) : null),
  AlterTableStmt: describeDetach,
  CreatedbStmt: (fields) => created('database', fields['dbname'], { owner: databaseOwner(fields) }),
  DropdbStmt: (fields) => dropped('database', fields['dbname']),
  CreateTableSpaceStmt: (fields) =>
    created('tablespace', fields['tablespacename'], {
      owner: nodeIn(fields, 'owner')['rolename'],
      location: fields['location'],
    }),
  DropTableSpaceStmt: (fields) => dropped('tablespace', fields['tablespacename']),
  CreateSubscriptionStmt: (fields) => created('subscription', fields['subname'], {}),
  DropSubscriptionStmt: (fields) => dropped('subscription', fields['subname']),
  AlterSubscriptionStmt: () => REPEATABLE,
  // Only the server knows whether the table is partitioned, and then it must not be in a transaction.
  ClusterStmt: () => REPEATABLE,
  ReindexStmt: describeReindex,
  // Either may commit on its own.
  CallStmt: () => UNKNOWN,
  DoStmt: (fields) => (controlsTransactions(fields) ? UNKNOWN : null),
};

/**
 * Says how a statement of a script without a transaction is to be run: alone, with what it does, or (`null`) in a
 * transaction of its own, together with its checkpoint.
 */
export function toBareStatement(statement: TreeNode, text: BareText): BareStatement | null {
  const { type, fields } = unwrap(statement);
  const described = DESCRIBE[type]?.(fields, text) ?? null;
  if (described !== null) return described;
  return outsideTransactionOnly(statement) === null ? null : REPEATABLE;
}

function describeIndex(fields: TreeNode, { marked, text }: BareText): BareStatement {
  const table = toObjectName(nodeIn(fields, 'relation'));
  const start = indexDefinitionStart(marked);
  return {
    effect: 'create_index',
    index: { schema: table.schema, name: textIn(fields['idxname']) },
    table,
    unique: fields['unique'] === true,
    definition: start === null ? null : text.slice(start).trim(),
  };
}

/** PostgreSQL drops one index at a time concurrently. */
function describeDropIndex(fields: TreeNode): BareStatement {
  const [first] = nodesIn(fields, 'objects');
  const names = namesOf(nodeIn(first ?? {}, 'List')['items']) ?? [];
  const schema = names.length > 1 ? (names.at(-2) ?? null) : null;
  return {
    effect: 'drop_index',
    index: { schema: schema === null ? null : nameWithPlaceholders(schema), name: textIn(names.at(-1)) },
  };
}

function describeReindex(fields: TreeNode): BareStatement {
  const asks = nodesIn(fields, 'params').some(asksConcurrently);
  if (!asks) return REPEATABLE;
  const relation = nodeIn(fields, 'relation');
  return {
    effect: 'reindex_concurrently',
    relation: typeof relation['relname'] === 'string' ? toObjectName(relation) : null,
    schema: fields['kind'] === 'REINDEX_OBJECT_SCHEMA' ? textIn(fields['name']) : null,
  };
}

function describeDetach(fields: TreeNode): BareStatement | null {
  for (const node of nodesIn(fields, 'cmds')) {
    const command = nodeIn(node, 'AlterTableCmd');
    if (command['subtype'] !== 'AT_DetachPartition') continue;
    const partition = nodeIn(nodeIn(command, 'def'), 'PartitionCmd');
    if (partition['concurrent'] !== true) continue;
    return {
      effect: 'detach_partition',
      table: toObjectName(nodeIn(fields, 'relation')),
      partition: toObjectName(nodeIn(partition, 'name')),
    };
  }
  return null;
}

type Made = Extract<BareStatement, { effect: 'create' }>;

function created(
  object: Made['object'],
  name: unknown,
  { owner, location }: { readonly owner?: unknown; readonly location?: unknown },
): BareStatement {
  return {
    effect: 'create',
    object,
    name: textIn(name),
    owner: typeof owner === 'string' ? textIn(owner) : null,
    location: typeof location === 'string' ? location : null,
  };
}

function dropped(object: Made['object'], name: unknown): BareStatement {
  return { effect: 'drop', object, name: textIn(name) };
}

function databaseOwner(fields: TreeNode): string | null {
  const option = nodesIn(fields, 'options')
    .map((node) => nodeIn(node, 'DefElem'))
    .find((element) => element['defname'] === 'owner');
  return option === undefined ? null : stringOf(nodeIn(option, 'arg'));
}

function toObjectName(relation: TreeNode): ObjectName {
  const schema = relation['schemaname'];
  return {
    schema: typeof schema === 'string' ? nameWithPlaceholders(schema) : null,
    name: textIn(relation['relname']),
  };
}

function textIn(name: unknown): string {
  return typeof name === 'string' ? nameWithPlaceholders(name) : '';
}

const TRANSACTION_WORD = /\b(?:commit|rollback)\b/i;

function controlsTransactions(fields: TreeNode): boolean {
  return nodesIn(fields, 'args').some((node) => {
    const option = nodeIn(node, 'DefElem');
    return option['defname'] === 'as' && TRANSACTION_WORD.test(stringOf(nodeIn(option, 'arg')) ?? '');
  });
}
