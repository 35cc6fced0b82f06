import type { NotedMigration } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { findV1 } from './v1-known.ts';
import { toV1Status, toV1Time, type V1Status } from './v1-status.ts';

/** A migration in one target. */
export interface V1Execution {
  readonly id: string;
  readonly migration_id: string;
  readonly schema: string;
  readonly version: string;
  readonly connection: string;
  readonly backend: string;
  readonly status: V1Status;
  readonly applied: boolean;
  readonly applied_at?: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Of one migration. */
export interface V1ExecutionsBody {
  readonly migration_id: string;
  readonly executions: readonly V1Execution[];
}

const ALL_MAX = 10_000;
const RECENT_DEFAULT = 10;

/** Lists where a migration is and was, the newest first; one that nobody knows is nowhere. */
export async function executionsV1(id: string, control: ControlContext): Promise<V1ExecutionsBody> {
  const known = await findV1(id, control);
  if (known === null) return { migration_id: id, executions: [] };
  const filter = { migrationId: known.named.id, schema: known.schema };
  const noted = await control.state.read(({ projection }) => projection.newest(filter, ALL_MAX));
  return { migration_id: id, executions: noted.map(toExecution) };
}

/** Lists the newest of all. @param limit as it was sent */
export async function recentExecutionsV1(
  limit: string | undefined,
  { state }: ControlContext,
): Promise<Pick<V1ExecutionsBody, 'executions'>> {
  const count = toV1Limit(limit, RECENT_DEFAULT);
  const filter = { migrationId: null, schema: null };
  const noted = await state.read(({ projection }) => projection.newest(filter, count));
  return { executions: noted.map(toExecution) };
}

/** A limit of the v1 wire: what is none means the default. */
export function toV1Limit(limit: string | undefined, otherwise: number): number {
  const count = /^\d{1,9}$/.test(limit ?? '') ? Number(limit) : 0;
  return count === 0 ? otherwise : Math.min(count, ALL_MAX);
}

function toExecution(noted: NotedMigration): V1Execution {
  const { migrationId, schema, connection, backend } = noted;
  const status = toV1Status(noted.status);
  return {
    id: `${connection}/${schema}/${migrationId}`,
    migration_id: migrationId,
    schema,
    version: migrationId.slice(0, 14),
    connection,
    backend,
    status,
    applied: status === 'applied',
    ...(noted.appliedAt === null ? {} : { applied_at: toV1Time(noted.appliedAt) }),
    created_at: toV1Time(noted.createdAt),
    updated_at: toV1Time(noted.changedAt),
  };
}
