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
    checkOutsideTransaction(statement, script)
  );
}

function checkTransactionControl(statement: TreeNode): BrokenRule | null {
  const command = transactionCommand(statement);
  if (command === null) return null;
  return {
    code: 'migration.transaction_control',
    message: `${command} cannot stand in a migration: BFM opens and commits the transaction, with its ledger row in it`,
    mend: 'take it out; statements outside a transaction need `-- bfm: transaction=none`, which this version of BFM reads but cannot run yet',
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
    message: "schema bfm holds BFM's own ledger; no migration may touch it",
    mend: 'use another schema; what the ledger says is changed by BFM alone',
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
    mend: 'it needs `-- bfm: transaction=none`, which this version of BFM reads but cannot run yet',
  };
}
