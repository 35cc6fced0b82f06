import { isBfmError } from '@bfm/core';
import { DEFAULT_STATE_LIMITS, openPostgresState, type PostgresState } from '@bfm/state';
import { bringUpState } from './bring-up-state.ts';
import type { StateOptions } from './server-options.ts';

/**
 * Opens the state, and brings it up to what this build needs.
 *
 * @throws {state.newer} {state.unavailable}
 */
export async function openState(options: StateOptions): Promise<PostgresState> {
  const { address, schema, connectionsMax } = options.server.state;
  const state = openPostgresState({
    address,
    schema,
    limits: { ...DEFAULT_STATE_LIMITS, connectionsMax },
  });
  try {
    if (!(await isReady(state))) await bringUpState(options);
    await state.check();
    return state;
  } catch (error) {
    await state.close();
    throw error;
  }
}

async function isReady(state: PostgresState): Promise<boolean> {
  try {
    await state.check();
    return true;
  } catch (error) {
    if (isBfmError(error) && error.code === 'state.not_ready') return false;
    throw error;
  }
}
