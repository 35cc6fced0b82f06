import { makePlanRequest } from '@bfm/core';
import type { Migration, MigrationId, PlanRequest } from '@bfm/core';
import type { Caller } from '../control/caller.ts';
import type { ControlContext } from '../control/control-context.ts';
import { planningContext } from '../control/preview-plan.ts';
import { readStatuses } from '../read-status.ts';
import { toV1Tags } from './list.ts';
import { requireV1, type V1Known } from './v1-known.ts';
import { lookV1 } from './status.ts';

/** Something that a migration stands on. */
export interface V1Dependency {
  readonly connection: string;
  readonly schema: string;
  readonly target: string;
  readonly target_type: 'name' | 'version';
  readonly requires_table?: string;
  readonly requires_schema?: string;
}

/** A migration with its texts. */
export interface V1DetailBody {
  readonly migration_id: string;
  readonly schema: string;
  readonly table: '';
  readonly version: string;
  readonly name: string;
  readonly connection: string;
  readonly backend: string;
  readonly applied: boolean;
  readonly up_sql?: string;
  readonly down_sql?: string;
  readonly dependencies?: readonly string[];
  readonly structured_dependencies?: readonly V1Dependency[];
  readonly tags?: readonly string[];
  /** Where its file is another one now than what was applied. */
  readonly drift: readonly V1Drift[];
}

/** An applied migration whose file was changed afterwards. */
export interface V1Drift {
  readonly code: 'drift.checksum_changed';
  readonly schema: string;
  readonly applied: string;
  readonly current: string;
}

/** Targets that are looked at for drift; where more have it, these tell enough. */
const DRIFT_MAX = 100;

/** Tells all about a migration; from the state when its file is gone. @throws {migration.not_found} */
export async function detailV1(
  id: string,
  caller: Pick<Caller, 'name'>,
  control: ControlContext,
): Promise<V1DetailBody> {
  const known = await requireV1(id, control);
  const { named, schema, present } = known;
  const { applied } = await lookV1(known, control);
  return {
    migration_id: id,
    schema: schema ?? '',
    table: '',
    version: named.version,
    name: named.name,
    connection: named.connection,
    backend: named.backend,
    applied,
    ...toTexts(known, control),
    drift: present === null ? [] : await findDrift(known, present, { caller, control }),
  };
}

type Texts = Pick<V1DetailBody, 'up_sql' | 'down_sql' | 'dependencies' | 'structured_dependencies' | 'tags'>;

function toTexts({ present, seen }: V1Known, control: ControlContext): Texts {
  if (present !== null) {
    return withoutEmpty({
      up_sql: present.up.text,
      down_sql: present.down?.text ?? '',
      dependencies: present.dependencies,
      structured_dependencies: toStructured(present, control),
      tags: toV1Tags(present.tags),
    });
  }
  if (seen === null) return {};
  const dependencies = seen.dependencies.map(String);
  return withoutEmpty({
    up_sql: seen.upText,
    down_sql: seen.downText ?? '',
    dependencies,
    tags: seen.tags,
  });
}

function withoutEmpty(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value.length > 0));
}

function toStructured(
  { connection, dependencies, requires }: Migration,
  { catalogs }: ControlContext,
): readonly V1Dependency[] {
  const { byId } = catalogs.current().catalog;
  const own = { connection, target: '', target_type: 'name' } as const;
  return [
    ...dependencies.flatMap((id: MigrationId): V1Dependency[] => {
      const found = byId.get(id);
      return found === undefined
        ? []
        : [
            {
              connection: found.connection,
              schema: found.schema ?? '',
              target: found.name,
              target_type: 'name',
            },
          ];
    }),
    ...requires.tables.map(({ schema, table }) => ({ ...own, schema: schema ?? '', requires_table: table })),
    ...requires.schemas.map((schema) => ({ ...own, schema, requires_schema: schema })),
  ];
}

interface Around {
  readonly caller: Pick<Caller, 'name'>;
  readonly control: ControlContext;
}

/** Where the bytes differ the targets' own ledgers are asked, since a changed comment is no drift. */
async function findDrift(
  { named, schema }: V1Known,
  { up }: Migration,
  { caller, control }: Around,
): Promise<readonly V1Drift[]> {
  const { items } = await control.state.read(({ projection }) =>
    projection.list(
      { connection: named.connection, schema, migrationId: named.id, status: 'applied' },
      { limit: 1_000, after: null },
    ),
  );
  const other = items
    .filter(({ checksum }) => checksum !== null && checksum !== up.checksum)
    .slice(0, DRIFT_MAX);
  if (other.length === 0) return [];
  const schemas = other.map((each) => each.schema) as unknown as PlanRequest['schemas'];
  const statuses = await readStatuses(toRequest(named, schemas), planningContext(caller, control));
  return statuses.flatMap(({ target, drift }) =>
    drift.flatMap((each): V1Drift[] =>
      each.kind === 'checksum_changed' && each.migrationId === named.id
        ? [
            {
              code: 'drift.checksum_changed',
              schema: target.schema ?? '',
              applied: each.applied,
              current: each.current,
            },
          ]
        : [],
    ),
  );
}

function toRequest({ connection, id }: V1Known['named'], schemas: PlanRequest['schemas']): PlanRequest {
  return makePlanRequest({
    connections: [connection],
    schemas,
    migrations: [id],
    outOfOrder: 'allow',
    ignoreDependencies: true,
  });
}
