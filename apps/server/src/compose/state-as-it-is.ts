import type { StateStore } from '@bfm/engine';
import { DEFAULT_STATE_LIMITS, openPostgresState } from '@bfm/state';
import type { StateOptions } from './server-options.ts';

/** Opens the state as it is, for whoever only looks: nothing is made or changed. */
export function openStateAsItIs({ server }: Pick<StateOptions, 'server'>): StateStore {
  const { address, schema, connectionsMax } = server.state;
  return openPostgresState({ address, schema, limits: { ...DEFAULT_STATE_LIMITS, connectionsMax } });
}
