import type { Skip } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { toV1Limit } from './executions.ts';
import { toV1Executor, type V1Executor } from './v1-context.ts';
import { findV1 } from './v1-known.ts';
import { toV1Time } from './v1-status.ts';

/** Something asked for that was applied already. */
export interface V1Skip extends V1Executor {
  readonly id: number;
  readonly migration_id: string;
  readonly schema: string;
  readonly version: string;
  readonly connection: string;
  readonly backend: string;
  readonly skipped_at: string;
  readonly created_at: string;
}

/** Of one migration. */
export interface V1SkippedBody {
  readonly migration_id: string;
  readonly skipped: readonly V1Skip[];
}

const DEFAULT = 5;

/** Lists when a migration was skipped, the last first. @param limit as it was sent */
export async function skippedV1(
  id: string,
  limit: string | undefined,
  control: ControlContext,
): Promise<V1SkippedBody> {
  const known = await findV1(id, control);
  if (known === null) return { migration_id: id, skipped: [] };
  const count = toV1Limit(limit, DEFAULT);
  const skips = await control.state.read((state) => state.skips.recent(known.named.id, count));
  const here = known.schema;
  return {
    migration_id: id,
    skipped: skips.filter(({ schema }) => here === null || schema === here).map(toSkip),
  };
}

/** Lists the last of all. @param limit as it was sent */
export async function recentSkippedV1(
  limit: string | undefined,
  { state }: ControlContext,
): Promise<Pick<V1SkippedBody, 'skipped'>> {
  const skips = await state.read((reads) => reads.skips.recent(null, toV1Limit(limit, DEFAULT)));
  return { skipped: skips.map(toSkip) };
}

function toSkip(skip: Skip): V1Skip {
  const at = toV1Time(skip.skippedAt);
  return {
    id: skip.id,
    migration_id: skip.migrationId,
    schema: skip.schema,
    version: skip.migrationId.slice(0, 14),
    connection: skip.connection,
    backend: skip.backend,
    skipped_at: at,
    created_at: at,
    ...toV1Executor(skip),
  };
}
