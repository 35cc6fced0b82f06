import { compareText, type Migration } from '@bfm/core';
import type { MigrationSummary, SeenMigration } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { toV1Standing, toV1Time, type V1Status } from './v1-status.ts';

/** Which migrations are wanted; what is empty narrows nothing. */
export interface V1ListFilter {
  readonly schema: string;
  readonly connection: string;
  readonly backend: string;
  readonly status: string;
  readonly version: string;
}

/** A migration in a list. */
export interface V1Item {
  readonly migration_id: string;
  /** Of a fixed migration, or the one that was asked for. */
  readonly schema: string;
  readonly table: '';
  readonly version: string;
  readonly name: string;
  readonly connection: string;
  readonly backend: string;
  readonly applied: boolean;
  readonly status: V1Status;
  readonly applied_at?: string;
  readonly error_message?: string;
  readonly tags?: readonly string[];
}

/** A list, by version. */
export interface V1ListBody {
  readonly items: readonly V1Item[];
  readonly total: number;
}

/** A migration as lists need it, whether its file is there or gone. */
interface Listed extends Pick<
  SeenMigration,
  'id' | 'version' | 'name' | 'backend' | 'connection' | 'schema' | 'tags'
> {
  readonly present: boolean;
}

/** Lists migrations and how they stand; those whose file is gone as long as they stand somewhere. */
export async function listV1(filter: V1ListFilter, control: ControlContext): Promise<V1ListBody> {
  const { catalog } = control.catalogs.current();
  const schema = filter.schema === '' ? null : filter.schema;
  const { gone, summaries, tenants } = await control.state.read(async ({ migrations, projection }) => ({
    gone: await migrations.gone(),
    summaries: await projection.summaries({ migrationId: null, schema }),
    tenants: schema === null ? await projection.tenantCounts() : {},
  }));
  const known = new Map(summaries.map((summary) => [summary.migrationId, summary]));
  const all: readonly Listed[] = [
    ...catalog.migrations.map(toListed),
    ...gone.filter(({ id }) => known.has(id)),
  ].filter((migration) => isWanted(migration, filter));
  const here = schema === null ? tenants : tenantsOf(all, known);
  const items = all
    .filter(
      (each) =>
        schema === null ||
        each.schema === schema ||
        (each.schema === null && here[each.connection] !== undefined),
    )
    .sort((a, b) => compareText(a.id, b.id))
    .map((each) => toItem(each, known.get(each.id), { tenants: here[each.connection] ?? 0, schema }))
    .filter(({ status }) => filter.status === '' || status === wordOf(filter.status));
  return { items, total: items.length };
}

/** BFM v1 wrote `success` where it answered `applied`. */
function wordOf(status: string): string {
  return status === 'success' ? 'applied' : status;
}

/** In one schema: it is a tenant of the connections whose dynamic migrations have an entry there. */
function tenantsOf(
  all: readonly Listed[],
  known: ReadonlyMap<string, MigrationSummary>,
): Readonly<Record<string, number>> {
  const dynamic = all.filter(({ schema, id }) => schema === null && known.has(id));
  return Object.fromEntries(dynamic.map(({ connection }) => [connection, 1]));
}

function isWanted({ connection, backend, version }: Listed, filter: V1ListFilter): boolean {
  const isIn = (wanted: string, found: string): boolean => wanted === '' || wanted === found;
  return (
    isIn(filter.connection, connection) && isIn(filter.backend, backend) && isIn(filter.version, version)
  );
}

function toListed({ tags, ...migration }: Migration): Listed {
  return { ...migration, tags: toV1Tags(tags), present: true };
}

/** Tags in the form of the v1 wire. */
export function toV1Tags(tags: Migration['tags']): readonly string[] {
  return Object.entries(tags).map(([key, value]) => `${key}=${value}`);
}

function toItem(
  migration: Listed,
  summary: MigrationSummary | undefined,
  { tenants, schema }: { readonly tenants: number; readonly schema: string | null },
): V1Item {
  const known = migration.schema === null ? tenants : 1;
  const { status, applied } = toV1Standing(summary?.counts ?? {}, known);
  const { id, version, name, connection, backend, tags } = migration;
  return {
    migration_id: id,
    schema: migration.schema ?? schema ?? '',
    table: '',
    version,
    name,
    connection,
    backend,
    applied,
    status,
    ...toTimes(status, summary),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

function toTimes(
  status: V1Status,
  summary: MigrationSummary | undefined,
): Pick<V1Item, 'applied_at' | 'error_message'> {
  const { lastAppliedAt = null, error = null } = summary ?? {};
  if (status === 'applied' && lastAppliedAt !== null) return { applied_at: toV1Time(lastAppliedAt) };
  return status === 'failed' && error !== null ? { error_message: error } : {};
}
