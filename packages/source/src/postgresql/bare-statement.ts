import type { BareStatement, ObjectName } from '@bfm/core';
import { nodeIn, nodesIn, namesOf, stringOf, unwrap, type TreeNode } from './parse-tree.ts';
import { nameWithPlaceholders } from './placeholders.ts';
import { asksConcurrently, outsideTransactionOnly } from './transaction-rules.ts';

/** What a statement type does outside of a transaction; `null`: this one runs in a transaction. */
type Describe = (fields: TreeNode) => BareStatement | null;

const REPEATABLE: BareStatement = { effect: 'repeatable' };
const UNKNOWN: BareStatement = { effect: 'unknown' };

const DESCRIBE: Readonly<Partial<Record<string, Describe>>> = {
  IndexStmt: (fields) => (fields['concurrent'] === true ? describeIndex(fields) : null),
  DropStmt: (fields) => (fields['concurrent'] === true ? describeDropIndex(fields) : null),
  AlterTableStmt: describeDetach,
  CreatedbStmt: (fields) => made('create', 'database', fields['dbname']),
  DropdbStmt: (fields) => made('drop', 'database', fields['dbname']),
  CreateTableSpaceStmt: (fields) => made('create', 'tablespace', fields['tablespacename']),
  DropTableSpaceStmt: (fields) => made('drop', 'tablespace', fields['tablespacename']),
  CreateSubscriptionStmt: (fields) => made('create', 'subscription', fields['subname']),
  DropSubscriptionStmt: (fields) => made('drop', 'subscription', fields['subname']),
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
export function toBareStatement(statement: TreeNode): BareStatement | null {
  const { type, fields } = unwrap(statement);
  const described = DESCRIBE[type]?.(fields) ?? null;
  if (described !== null) return described;
  return outsideTransactionOnly(statement) === null ? null : REPEATABLE;
}

function describeIndex(fields: TreeNode): BareStatement {
  const table = toObjectName(nodeIn(fields, 'relation'));
  return { effect: 'create_index', index: { schema: table.schema, name: textIn(fields['idxname']) }, table };
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

function made(
  effect: 'create' | 'drop',
  object: 'database' | 'tablespace' | 'subscription',
  name: unknown,
): BareStatement {
  return { effect, object, name: textIn(name) };
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
