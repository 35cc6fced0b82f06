import type { ScriptFaultInit } from '../script-faults.ts';
import { nodesIn, stringOf, unwrap, type TreeNode } from './parse-tree.ts';

/** How each setting that decides who runs a statement is set back. */
const RESETS: Readonly<Partial<Record<string, string>>> = {
  role: 'RESET ROLE',
  session_authorization: 'RESET SESSION AUTHORIZATION',
};

/**
 * Follows who runs the statements of a script: at its end it must be who it was at the beginning, because the ledger row
 * is written in the same transaction. What functions do by themselves is out of sight.
 */
export class RoleTracker {
  readonly #changed = new Map<string, Pick<ScriptFaultInit, 'index' | 'statement'>>();

  /** Looks at the next statement. */
  take(statement: TreeNode, place: Pick<ScriptFaultInit, 'index' | 'statement'>): void {
    const { type, fields } = unwrap(statement);
    const { name, kind } = fields;
    if (type !== 'VariableSetStmt' || typeof name !== 'string' || RESETS[name] === undefined) return;
    const [value] = nodesIn(fields, 'args').map(stringOf);
    const sets = kind === 'VAR_SET_VALUE' && !(name === 'role' && value?.toLowerCase() === 'none');
    if (sets) this.#changed.set(name, place);
    else this.#changed.delete(name);
  }

  /** The changes that were never taken back. */
  faults(): readonly ScriptFaultInit[] {
    return [...this.#changed].map(([name, place]) => ({
      ...place,
      code: 'migration.role_left',
      message: 'another role is left in force at the end of the file, where BFM has to write the ledger row',
      mend: `write ${RESETS[name] ?? ''}; at the end of the file`,
    }));
  }
}
