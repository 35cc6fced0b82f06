import type {
  Catalog,
  ConnectionName,
  Fault,
  Migration,
  MigrationId,
  SchemaName,
  TargetState,
} from '@bfm/core';
import { effectiveShape } from './assess-target.ts';
import { isThere } from './is-there.ts';
import { andTheRest, placeOptions } from './typed-schemas.ts';

/** The migrations to roll back on one target, newest first; the same array for all targets whose ledgers say the same. */
export interface Rollback {
  readonly state: TargetState;
  readonly migrations: readonly Migration[];
}

/** What a rollback leaves on top of what it takes, the same on every target with the same list. */
interface Staying {
  /** The oldest that goes. */
  readonly oldest: Migration;
  readonly ids: readonly MigrationId[];
}

/** Targets of one connection for which one command would roll all of it back. */
interface Alike {
  readonly connection: ConnectionName;
  readonly oldest: Migration;
  readonly schemas: SchemaName[];
  readonly ids: Set<MigrationId>;
}

/**
 * Warns of migrations that are newer than one that goes, and stay: nothing declares that they need it, which is no
 * proof that they do not. One warning for all targets of a connection that are alike, with the command for all of them.
 */
export function warnOfNewerStaying(rollbacks: readonly Rollback[], catalog: Catalog): readonly Fault[] {
  const byList = new Map<readonly Migration[], Staying | null>();
  const alike = new Map<string, Alike>();
  for (const { state, migrations } of rollbacks) {
    const known = byList.get(migrations);
    const staying = known === undefined ? findStaying(state, migrations, catalog) : known;
    byList.set(migrations, staying);
    if (staying === null) continue;
    const { connection, schema } = state.target;
    const { oldest, ids } = staying;
    const key = `${connection}\n${oldest.id}`;
    const one = alike.get(key) ?? { connection, oldest, schemas: [], ids: new Set() };
    alike.set(key, one);
    one.schemas.push(schema);
    for (const id of ids) one.ids.add(id);
  }
  return alike
    .values()
    .map((one) => toWarning(one, catalog))
    .toArray();
}

function findStaying(
  state: TargetState,
  migrations: readonly Migration[],
  { byId, rank }: Catalog,
): Staying | null {
  const oldest = migrations.at(-1);
  if (oldest === undefined) return null;
  const going = new Set(migrations.map(({ id }) => id));
  const isNewer = (id: MigrationId): boolean => {
    // Both: the order they ran in, and that of `--to`, which the warning names.
    const { version } = byId.get(id) ?? {};
    return (
      version !== undefined && version >= oldest.version && (rank.get(id) ?? 0) > (rank.get(oldest.id) ?? 0)
    );
  };
  const ids = effectiveShape(state)
    .entries.values()
    .filter(({ status, migrationId }) => isThere(status) && !going.has(migrationId) && isNewer(migrationId))
    .map(({ migrationId }) => migrationId)
    .toArray();
  return ids.length === 0 ? null : { oldest, ids };
}

function toWarning({ connection, oldest, schemas, ids }: Alike, catalog: Catalog): Fault {
  const [only = '', second] = schemas;
  const place =
    second === undefined ? `${connection}/${only}` : `${schemas.length} targets of connection ${connection}`;
  const stay = ids.size === 1 ? '1 newer migration stays' : `${ids.size} newer migrations stay`;
  const command = `bfm down ${placeOptions({ connection, schemas })} ${boundBelow(oldest, catalog)}`;
  return {
    code: 'rollback.newer_stay',
    message: `${stay} applied in ${place} without ${oldest.id}, which goes: no dependency is declared, yet they may stand on what it made; to roll all of it back: ${command}${andTheRest(schemas)}`,
    where: { migration_id: oldest.id, connection, ...(second === undefined ? { schema: only } : {}) },
    mend: `roll the newer ones back as well: ${command}${andTheRest(schemas)}`,
  };
}

/** The bound that takes a migration and all that is newer in its place, and leaves what is older. */
function boundBelow({ connection, schema, version }: Migration, { migrations }: Catalog): string {
  const older = migrations
    .filter((each) => each.connection === connection && each.schema === schema && each.version < version)
    .map((each) => each.version)
    .sort();
  const newest = older.at(-1);
  return newest === undefined ? '--all' : `--to ${newest}`;
}
