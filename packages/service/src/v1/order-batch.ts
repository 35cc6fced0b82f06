import { BfmError } from '@bfm/core';
import type { ControlContext } from '../control/control-context.ts';
import { resolveV1Id } from './resolve-v1-id.ts';
import { describeQuarantine } from './v1-quarantine.ts';

/** What is to be put in order. */
export interface V1OrderRequest {
  readonly migrationIds: readonly string[];
  readonly connection: string;
}

/** The ids as they were sent, in the order in which they run; `null` of none. */
export interface V1OrderBody {
  readonly ordered_migration_ids: readonly string[] | null;
}

/** Puts migrations in the order in which they run. @throws {request.invalid} an id names nothing, or not of this connection */
export function orderV1({ migrationIds, connection }: V1OrderRequest, control: ControlContext): V1OrderBody {
  if (migrationIds.length === 0) return { ordered_migration_ids: null };
  const loaded = control.catalogs.current();
  const { migrations, rank } = loaded.catalog;
  const ranked = [...new Set(migrationIds)].map((text) => {
    const found = resolveV1Id(text, migrations);
    if (found === null) {
      const kept = loaded.quarantined.find(({ id }) => id === text || text.endsWith(`_${id}`));
      throw refuse(
        kept === undefined ? `migration not found: ${text.slice(0, 200)}` : describeQuarantine(kept, loaded),
      );
    }
    const { migration } = found;
    if (migration.connection !== connection) {
      throw refuse(
        `migration ${text.slice(0, 200)} is of connection ${migration.connection}, not ${connection}`,
      );
    }
    return { text, rank: rank.get(migration.id) ?? 0 };
  });
  return { ordered_migration_ids: ranked.sort((a, b) => a.rank - b.rank).map(({ text }) => text) };
}

function refuse(message: string): BfmError {
  return new BfmError('request.invalid', { message, next: 'GET /api/v1/migrations lists the ids' });
}
