import type { StateAction } from '@bfm/engine';
import { syncMigrations, type ControlContext } from '@bfm/service';
import { SERVER_CALLER } from './server-actor.ts';

const REINDEX: StateAction = { action: 'migrations.reindex', object: 'migrations', result: 'ok', detail: {} };

/** Nothing has changed, so that nothing is written down. */
class Unchanged extends Error {}

/** Notes in the state which migrations there are; writes nothing when it knows. @returns how many changed */
export async function noteMigrations({ catalogs, state }: ControlContext): Promise<number> {
  try {
    return await state.write(SERVER_CALLER, REINDEX, async (writes) => {
      const { added, removed, updated } = await syncMigrations(catalogs.current(), writes);
      const changes = added.length + removed.length + updated.length;
      if (changes === 0) throw new Unchanged();
      return changes;
    });
  } catch (error) {
    if (error instanceof Unchanged) return 0;
    throw error;
  }
}
