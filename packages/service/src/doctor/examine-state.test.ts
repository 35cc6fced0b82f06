import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { diagnoseState, examineState } from './examine-state.ts';

const SOUND = { address: 'db:5432/state', rows: [] };

describe('what a doctor says of the state', () => {
  it('is one line when all is well', () => {
    expect(diagnoseState(SOUND)).toMatchObject([{ code: 'state.reached', severity: 'ok', mend: null }]);
  });

  it('names each row and the statement that mends it', () => {
    const row = { table: 'run', key: 'id 7', problem: 'its fence is -1', mend: 'UPDATE x' };
    expect(diagnoseState({ ...SOUND, rows: [row] })).toMatchObject([
      {
        code: 'state.row_unsound',
        severity: 'error',
        database: 'db:5432/state',
        message: "in the state's run, the row with id 7 was changed behind BFM: its fence is -1",
        mend: 'in psql: UPDATE x',
      },
    ]);
  });

  it('takes a command of BFM as it is', () => {
    const row = { table: 'projection', key: 'k', problem: 'p', mend: 'bfm repair projection' };
    expect(diagnoseState({ ...SOUND, rows: [row] })).toMatchObject([{ mend: 'bfm repair projection' }]);
  });

  it('is the error of a state that cannot be looked at', async () => {
    const away = new BfmError('state.unavailable', { message: 'away', next: 'look' });
    const state = { check: () => Promise.reject(away), examine: () => Promise.resolve(SOUND) };
    expect(await examineState(state)).toMatchObject([{ code: 'state.unavailable', mend: 'look' }]);
  });
});
