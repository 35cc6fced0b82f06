import {
  isInTarget,
  quoteWord,
  toFaultsError,
  type Catalog,
  type Fault,
  type MigrationId,
  type TargetState,
} from '@bfm/core';
import { effectiveShape, type ScopePlace, type ScopeRecord } from '@bfm/engine';
import { readEverything } from './planning/read-states.ts';
import type { ServiceContext } from './service-context.ts';
import type { ScopeWork } from './targets/change-scopes.ts';
import { isCurrent, isSamePlace, keptStores, locateScopes, type LocatedScope } from './targets/keepers.ts';

/** Schemas to be dropped, each with the targets in it. */
export interface DropPlan {
  readonly located: readonly LocatedScope[];
  readonly works: readonly ScopeWork[];
}

/** Schemas that are never dropped, whatever is in them. */
const KEPT: ReadonlySet<string> = new Set(['public', 'bfm', 'bfm_lock']);

/**
 * Works out how to drop the schemas of targets with everything in them, and to give the targets up.
 *
 * @param allowFixed whether schemas that migrations name may go, too
 * @throws {target.not_droppable} with everything that is in the way
 * @throws {target.not_found} {target.unreachable}
 */
export async function planDropTargets(
  places: readonly ScopePlace[],
  { allowFixed }: { readonly allowFixed: boolean },
  context: ServiceContext,
): Promise<DropPlan> {
  const located = await locateScopes(places, context);
  const faults: Fault[] = located.flatMap(({ record }) => refuseByName(record, { allowFixed, context }));
  const schemas = Map.groupBy(located, ({ store, record }) => `${store.keeper.address} ${record.schema}`);
  const works: ScopeWork[] = [];
  for (const group of schemas.values()) {
    const [{ store, record }] = group as [LocatedScope];
    const { keeper } = store;
    const here = group.map((each) => ({ connection: each.record.connection, schema: each.record.schema }));
    faults.push(...neighbours(record, here, await keeper.scopes()));
    const outside = await keeper.outsideDependents(record.schema);
    if (outside.length > 0) faults.push(dependedOn(record, outside));
    works.push({
      places: here,
      keeper,
      leased: [record.schema],
      attempt: (change) => keeper.dropSchema(record.schema, here, change),
    });
  }
  const readable = keptStores(context).flatMap(({ connections }) => connections);
  const states = await readEverything(readable, context);
  faults.push(...migrationDependents(places, [...states.values()], context.catalog));
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  return { located, works };
}

function refuseByName(
  record: ScopeRecord,
  { allowFixed, context }: { readonly allowFixed: boolean; readonly context: ServiceContext },
): readonly Fault[] {
  const { connection, schema, presence } = record;
  if (KEPT.has(schema)) {
    return [refusal(record, 'it is not only yours', 'roll back what BFM applied there: bfm down --all')];
  }
  if (presence === 'other') {
    const forget = `bfm repair forget-target ${quoteWord(`${connection}/${schema}`)} --reason WHY`;
    return [
      refusal(
        record,
        'it was dropped and made anew by others since BFM worked in it',
        `drop it by hand, then ${forget}`,
      ),
    ];
  }
  const isFixed = context.catalog.migrations.some(
    (migration) => migration.connection === connection && migration.schema === schema,
  );
  if (!isFixed || allowFixed) return [];
  const command = `bfm target drop ${quoteWord(`${connection}/${schema}`)} --yes`;
  return [refusal(record, 'it is no tenant: migrations name it', `if it has to go all the same: ${command}`)];
}

/** Other targets in the same schema, which would go unasked. */
function neighbours(
  record: ScopeRecord,
  here: readonly ScopePlace[],
  known: readonly ScopeRecord[],
): readonly Fault[] {
  const others = known.filter(
    (each) =>
      isCurrent(each) && each.schema === record.schema && !here.some((place) => isSamePlace(place, each)),
  );
  if (others.length === 0) return [];
  const names = [...here, ...others].map(({ connection, schema }) => quoteWord(`${connection}/${schema}`));
  const told = others.map(({ connection }) => connection).join(', ');
  return [refusal(record, `it is a target of ${told}, too`, `bfm target drop ${names.join(' ')}`)];
}

function dependedOn(record: ScopeRecord, outside: readonly string[]): Fault {
  const shown = outside.slice(0, 5).join(', ');
  const more = outside.length > 5 ? ` and ${outside.length - 5} more` : '';
  return refusal(
    record,
    `outside of it, ${shown}${more} ${outside.length === 1 ? 'depends' : 'depend'} on it`,
    'drop or change those first',
  );
}

/** Applied migrations elsewhere that depend on what is applied in a target that goes. */
function migrationDependents(
  going: readonly ScopePlace[],
  states: readonly TargetState[],
  catalog: Catalog,
): readonly Fault[] {
  const goes = (place: ScopePlace): boolean => going.some((each) => isSamePlace(each, place));
  const faults: Fault[] = [];
  for (const state of states.filter(({ target }) => !goes(target))) {
    for (const { migrationId, status } of effectiveShape(state).entries.values()) {
      const migration = isInTarget(status) ? catalog.byId.get(migrationId) : undefined;
      const lost = migration?.dependencies.find((id) => goes(placeOf(id, state, catalog)));
      if (lost !== undefined) faults.push(dependentFault(migrationId, lost, state));
    }
  }
  return faults;
}

function placeOf(id: MigrationId, { target }: TargetState, { byId }: Catalog): ScopePlace {
  const { connection, schema } = byId.get(id) ?? { connection: target.connection, schema: null };
  return { connection, schema: schema ?? target.schema };
}

function dependentFault(dependent: MigrationId, lost: MigrationId, { target }: TargetState): Fault {
  const { connection, schema } = target;
  return {
    code: 'target.not_droppable',
    message: `${dependent}, applied to ${connection}/${schema}, depends on ${lost}, which would go; nothing was changed`,
    where: { connection, schema, migration_id: dependent },
    mend: `drop ${connection}/${schema} in the same command, or roll back what depends on it first`,
  };
}

function refusal({ connection, schema }: ScopeRecord, why: string, mend: string): Fault {
  return {
    code: 'target.not_droppable',
    message: `schema ${schema} of connection ${connection} is not dropped: ${why}; nothing was changed`,
    where: { connection, schema },
    mend,
  };
}
