import type { ProjectedMigration } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { findV1, type V1Known } from './v1-known.ts';
import { toV1Standing, toV1Time, type V1Counts, type V1Standing, type V1Status } from './v1-status.ts';

/** How a migration stands. */
export interface V1StatusBody {
  readonly migration_id: string;
  readonly status: V1Status;
  readonly applied: boolean;
  readonly applied_at?: string;
  readonly error_message?: string;
  /** Of a dynamic migration in all its targets: how many stand how. */
  readonly targets?: V1Counts;
}

/** How a migration stands in what is asked for. */
export interface V1Look extends V1Standing {
  readonly appliedAt: string | null;
  readonly error: string | null;
}

/** Tells how a migration stands; one that nobody knows is pending. */
export async function statusV1(id: string, control: ControlContext): Promise<V1StatusBody> {
  const known = await findV1(id, control);
  if (known === null) return { migration_id: id, status: 'pending', applied: false };
  const { status, applied, appliedAt, error, targets } = await lookV1(known, control);
  return {
    migration_id: id,
    status,
    applied,
    ...(appliedAt === null ? {} : { applied_at: toV1Time(appliedAt) }),
    ...(error === null || status !== 'failed' ? {} : { error_message: error }),
    ...(known.schema === null ? { targets } : {}),
  };
}

/** Tells whether a migration is applied; one that nobody knows is not. */
export async function appliedV1(id: string, control: ControlContext): Promise<{ readonly applied: boolean }> {
  return { applied: (await statusV1(id, control)).applied };
}

/** Looks how a known migration stands. */
export async function lookV1({ named, schema }: V1Known, { state }: ControlContext): Promise<V1Look> {
  const filter = { migrationId: named.id, schema };
  const { summary, tenants } = await state.read(async ({ projection }) => ({
    summary: (await projection.summaries(filter))[0],
    tenants: schema === null ? await projection.tenantCounts() : {},
  }));
  const counts: Readonly<Partial<Record<ProjectedMigration['status'], number>>> = summary?.counts ?? {};
  return {
    ...toV1Standing(counts, schema === null ? (tenants[named.connection] ?? 0) : 1),
    appliedAt: summary?.lastAppliedAt ?? null,
    error: summary?.error ?? null,
  };
}
