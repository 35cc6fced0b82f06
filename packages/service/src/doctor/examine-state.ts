import { isBfmError } from '@bfm/core';
import type { StateExamination, StateStore } from '@bfm/engine';
import { findingsOf } from './diagnose-server.ts';
import { errorToFindings, type Finding } from './finding.ts';

/** Looks at the control plane's own memory; changes nothing. What keeps it from being looked at is a finding. */
export async function examineState(
  state: Pick<StateStore, 'check' | 'examine'>,
): Promise<readonly Finding[]> {
  try {
    await state.check();
    return diagnoseState(await state.examine());
  } catch (error) {
    if (isBfmError(error)) return errorToFindings(error, null);
    throw error;
  }
}

/** Judges what was found in the state. Pure. */
export function diagnoseState({ address, rows }: StateExamination): readonly Finding[] {
  const make = findingsOf(address);
  if (rows.length === 0) {
    return [make('state.reached', 'ok', ['the state of servers: every row is as BFM wrote it'])];
  }
  return rows.map(({ table, key, problem, mend }) =>
    make('state.row_unsound', 'error', [
      `in the state's ${table}, the row with ${key} was changed behind BFM: ${problem}`,
      mend.startsWith('bfm ') ? mend : `in psql: ${mend}`,
    ]),
  );
}
