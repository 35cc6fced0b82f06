import {
  BfmError,
  isBfmError,
  type ConnectionName,
  type MigrationId,
  type PlanRequest,
  type TargetState,
} from '@bfm/core';
import { effectiveShape } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import { readStates } from '../planning/read-states.ts';
import { resolveMigrations } from '../resolve-migrations.ts';
import type { ServiceContext } from '../service-context.ts';

/** Which recorded targets are meant: empty lists mean all. */
export type RecordedSelection = Pick<
  PlanRequest,
  'connections' | 'backends' | 'schemas' | 'listedSchemas' | 'schemasListed'
>;

/**
 * The targets that ledgers have a record of and that still are what it speaks of, narrowed by a selection; what is applied
 * counts there, not which files there are.
 *
 * @throws {target.not_found} for a schema named one by one that no ledger knows
 * @throws {connection.not_found} {target.unreachable} {ledger.other_connection}
 */
export async function readRecorded(
  selection: RecordedSelection,
  context: ServiceContext,
): Promise<readonly TargetState[]> {
  const names = selection.connections.length > 0 ? selection.connections : [...context.connections.keys()];
  const wanted = new Map<ConnectionName, 'known'>();
  for (const name of names) {
    const { backend } = findConnection(name, context);
    if (selection.backends.length === 0 || selection.backends.includes(backend)) wanted.set(name, 'known');
  }
  const states = [...(await readStates(wanted, context)).values()].filter(
    (state) => effectiveShape(state).entries.size > 0,
  );
  if (selection.schemas.length === 0 && !selection.schemasListed) return states;
  const schemas = new Set([...selection.schemas, ...selection.listedSchemas]);
  const found = states.filter(({ target }) => schemas.has(target.schema));
  const lost = selection.schemas.find((schema) => found.every(({ target }) => target.schema !== schema));
  if (lost === undefined) return found;
  throw new BfmError('target.not_found', {
    message: `no ledger of ${[...wanted.keys()].join(', ')} has a record of schema ${lost}`,
    details: { where: { schema: lost } },
    next: 'bfm target list shows what is known',
  });
}

/**
 * Refuses to take all tenants when none was named: what a repair undoes is run again by the next up.
 *
 * @throws {request.schema_required}
 */
export function requireNamedTenants(
  states: readonly TargetState[],
  { schemas, schemasListed }: RecordedSelection,
  { catalog }: ServiceContext,
): void {
  if (schemas.length > 0 || schemasListed) return;
  const fixed = new Set(catalog.migrations.map(({ connection, schema }) => `${connection}/${schema ?? ''}`));
  const tenants = states.filter(({ target }) => !fixed.has(`${target.connection}/${target.schema}`));
  const [first] = tenants;
  if (first === undefined) return;
  const { connection, schema } = first.target;
  throw new BfmError('request.schema_required', {
    message: `${tenants.length === 1 ? `${connection}/${schema} is a tenant` : `${tenants.length} tenants of ${connection} have a record of this`}, and none was named; nothing was changed`,
    details: { where: { connection } },
    next: 'name them with --schema NAME, --schemas-from FILE or --all-tenants',
  });
}

/**
 * Looks up migrations as {@link resolveMigrations} does, and those whose files are gone by what ledgers recorded.
 *
 * @throws {migration.not_found} {request.invalid}
 */
export function resolveRecorded(
  texts: readonly string[],
  states: readonly TargetState[],
  { catalog }: ServiceContext,
): readonly MigrationId[] {
  return texts.map((text) => {
    try {
      const [id] = resolveMigrations([text], catalog);
      if (id !== undefined) return id;
    } catch (error) {
      if (!isBfmError(error) || error.code !== 'migration.not_found') throw error;
      const recorded = states.some(({ shape }) => shape.entries.has(text as MigrationId));
      if (!recorded) throw error;
    }
    return text as MigrationId;
  });
}
