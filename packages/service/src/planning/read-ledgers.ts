import type { ConnectionName, PlanRequest, SchemaName, TargetState } from '@bfm/core';
import type { PlanScope } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { readEverything, readStates } from './read-states.ts';

/**
 * Reads the ledgers a plan needs. Going down, every target any ledger knows is read: a dependent may be anywhere.
 *
 * @throws {target.unreachable} {ledger.other_connection} {connection.not_found}
 */
export async function readLedgers(
  { demands }: PlanScope,
  { direction }: PlanRequest,
  context: ServiceContext,
): Promise<ReadonlyMap<string, TargetState>> {
  if (direction === 'down') {
    const inCatalog = new Set(context.catalog.migrations.map(({ connection }) => connection));
    return readEverything(
      [...context.connections.keys()].filter((name) => inCatalog.has(name)),
      context,
    );
  }
  const wanted = new Map<ConnectionName, readonly SchemaName[]>();
  for (const { connection, schemas } of demands) {
    wanted.set(connection, [...(wanted.get(connection) ?? []), ...schemas]);
  }
  return readStates(wanted, context);
}
