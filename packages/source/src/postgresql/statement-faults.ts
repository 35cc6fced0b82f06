import type { Script } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import { namesOwnSchema } from './own-schema.ts';
import { unwrap, type TreeNode } from './parse-tree.ts';
import { outsideTransactionOnly, transactionCommand } from './transaction-rules.ts';

/** A statement rule that was broken; where is for the caller to say. */
export type BrokenRule = Pick<ScriptFaultInit, 'code' | 'message' | 'mend'>;

/** What to tell who put a command of psql, or rows for it to send, into a migration. */
export const PSQL_MEND =
  'write plain SQL, such as INSERT for rows; BFM is not psql, it sends SQL to the server';

/** Checks one parsed statement against what may stand in a migration; `null` when it may. */
export function findBrokenRule(statement: TreeNode, script: Pick<Script, 'execution'>): BrokenRule | null {
  return (
    checkTransactionControl(statement) ??
    checkCopy(statement) ??
    checkOwnSchema(statement) ??
    checkDiscard(statement) ??
    checkIndexName(statement) ??
    checkOutsideTransaction(statement, script)
  );
}

function checkTransactionControl(statement: TreeNode): BrokenRule | null {
  const command = transactionCommand(statement);
  if (command === null) return null;
  return {
    code: 'migration.transaction_control',
    message: `${command} cannot stand in a migration: BFM opens and commits the transaction, with its ledger row in it`,
    mend: 'take it out; statements that cannot run inside a transaction need `-- bfm: transaction=none` at the head of the file',
  };
}

function checkCopy(statement: TreeNode): BrokenRule | null {
  const { type, fields } = unwrap(statement);
  if (type !== 'CopyStmt' || fields['filename'] !== undefined || fields['is_program'] === true) return null;
  const form = fields['is_from'] === true ? 'COPY ... FROM STDIN' : 'COPY ... TO STDOUT';
  return {
    code: 'migration.psql_command',
    message: `${form} needs psql at the other end; BFM is not psql`,
    mend: PSQL_MEND,
  };
}

function checkOwnSchema(statement: TreeNode): BrokenRule | null {
  if (!namesOwnSchema(statement)) return null;
  return {
    code: 'migration.forbidden_statement',
    message: "schemas bfm and bfm_lock are BFM's own; no migration may touch them",
    mend: 'use another schema; what the ledger says is changed by BFM alone',
  };
}

function checkDiscard(statement: TreeNode): BrokenRule | null {
  const { type, fields } = unwrap(statement);
  if (type !== 'DiscardStmt' || fields['target'] !== 'DISCARD_ALL') return null;
  return {
    code: 'migration.forbidden_statement',
    message: 'DISCARD ALL would give back the lock that keeps other runs away from this target',
    mend: 'take it out: BFM resets the session after each migration by itself',
  };
}

/** After a kill, a build is recognised by its name; one that the server chooses cannot be told from others. */
function checkIndexName(statement: TreeNode): BrokenRule | null {
  const { type, fields } = unwrap(statement);
  if (type !== 'IndexStmt' || fields['concurrent'] !== true || fields['idxname'] !== undefined) return null;
  return {
    code: 'migration.index_unnamed',
    message:
      'CREATE INDEX CONCURRENTLY without a name: a build that was interrupted could not be found again',
    mend: 'give the index a name: CREATE INDEX CONCURRENTLY table_column_idx ON ...',
  };
}

function checkOutsideTransaction(
  statement: TreeNode,
  { execution }: Pick<Script, 'execution'>,
): BrokenRule | null {
  if (execution.transaction === 'none') return null;
  const command = outsideTransactionOnly(statement);
  if (command === null) return null;
  return {
    code: 'migration.needs_no_transaction',
    message: `${command} cannot run inside a transaction`,
    mend: 'put `-- bfm: transaction=none` at the head of this file, and what can run in a transaction into a file of its own',
  };
}
