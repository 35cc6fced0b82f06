import { nodeIn, nodesIn, optionNames, stringOf, unwrap, type TreeNode } from './parse-tree.ts';

const TRANSACTION_WORDS: Readonly<Partial<Record<string, string>>> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE SAVEPOINT',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK TO SAVEPOINT',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
};

/** The transaction command a statement is, for people; `null` when it is none. */
export function transactionCommand(statement: TreeNode): string | null {
  const { type, fields } = unwrap(statement);
  if (type !== 'TransactionStmt') return null;
  return TRANSACTION_WORDS[String(fields['kind'])] ?? 'transaction control';
}

const WIDE_REINDEX: Readonly<Partial<Record<string, string>>> = {
  REINDEX_OBJECT_SCHEMA: 'REINDEX SCHEMA',
  REINDEX_OBJECT_SYSTEM: 'REINDEX SYSTEM',
  REINDEX_OBJECT_DATABASE: 'REINDEX DATABASE',
};

/** By type of statement: what it is called when it cannot run inside a transaction, `null` when it can. */
const OUTSIDE_ONLY: Readonly<Partial<Record<string, (fields: TreeNode) => string | null>>> = {
  CreatedbStmt: () => 'CREATE DATABASE',
  DropdbStmt: () => 'DROP DATABASE',
  AlterSystemStmt: () => 'ALTER SYSTEM',
  CreateTableSpaceStmt: () => 'CREATE TABLESPACE',
  DropTableSpaceStmt: () => 'DROP TABLESPACE',
  VacuumStmt: (fields) => (fields['is_vacuumcmd'] === true ? 'VACUUM' : null),
  IndexStmt: (fields) => (fields['concurrent'] === true ? 'CREATE INDEX CONCURRENTLY' : null),
  DropStmt: (fields) => (fields['concurrent'] === true ? 'DROP INDEX CONCURRENTLY' : null),
  ClusterStmt: (fields) => (fields['relation'] === undefined ? 'CLUSTER without a table' : null),
  ReindexStmt: outsideOnlyReindex,
  AlterDatabaseStmt: (fields) =>
    optionNames(fields, 'options').includes('tablespace') ? 'ALTER DATABASE ... SET TABLESPACE' : null,
  AlterTableStmt: (fields) =>
    nodesIn(fields, 'cmds').some(detachesConcurrently) ? 'DETACH PARTITION CONCURRENTLY' : null,
};

/**
 * What a statement is called when PostgreSQL refuses it inside a transaction block (SQLSTATE 25001), `null` when it may
 * run in one. From the calls of PreventInTransactionBlock in PostgreSQL 18; CREATE and DROP SUBSCRIPTION are let pass,
 * since they are refused only with a replication slot, and so is CLUSTER or REINDEX of a partitioned table, which only
 * the server can tell.
 */
export function outsideTransactionOnly(statement: TreeNode): string | null {
  const { type, fields } = unwrap(statement);
  return OUTSIDE_ONLY[type]?.(fields) ?? null;
}

function outsideOnlyReindex(fields: TreeNode): string | null {
  if (nodesIn(fields, 'params').some(asksConcurrently)) return 'REINDEX CONCURRENTLY';
  return WIDE_REINDEX[String(fields['kind'])] ?? null;
}

/** Whether an option of REINDEX is CONCURRENTLY, and not switched off. */
export function asksConcurrently(node: TreeNode): boolean {
  const option = nodeIn(node, 'DefElem');
  if (option['defname'] !== 'concurrently') return false;
  const value = stringOf(nodeIn(option, 'arg'));
  return value !== 'false' && value !== 'off';
}

function detachesConcurrently(node: TreeNode): boolean {
  const command = nodeIn(node, 'AlterTableCmd');
  if (command['subtype'] !== 'AT_DetachPartition') return false;
  return nodeIn(nodeIn(command, 'def'), 'PartitionCmd')['concurrent'] === true;
}
