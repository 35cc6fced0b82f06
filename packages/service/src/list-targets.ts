import { isBfmError, type BfmError } from '@bfm/core';
import type { ScopeRecord } from '@bfm/engine';
import type { ServiceContext } from './service-context.ts';
import { isCurrent, keptStores } from './targets/keepers.ts';

/** A target that a ledger knows, or did. */
export interface KnownTarget extends ScopeRecord {
  /** `host:port/database`. */
  readonly address: string;
  /** Whether a connection of this name is configured now. */
  readonly configured: boolean;
  /** Whether a migration of the connection names the schema. */
  readonly kind: 'fixed' | 'tenant';
}

/** What ledgers know, and those that could not be asked. */
export interface TargetList {
  readonly targets: readonly KnownTarget[];
  /** Given up, and not among `targets` unless asked for. */
  readonly retired: number;
  readonly unreachable: readonly BfmError[];
}

/**
 * Lists the targets that ledgers know, also those of connections that are not configured any more.
 *
 * @param selected names of connections; empty: all
 */
export async function listTargets(
  { selected, withRetired }: { readonly selected: readonly string[]; readonly withRetired: boolean },
  context: ServiceContext,
): Promise<TargetList> {
  const fixed = new Set(
    context.catalog.migrations.map(({ connection, schema }) => `${connection}/${schema ?? ''}`),
  );
  const unreachable: BfmError[] = [];
  const lists = await Promise.all(
    keptStores(context).map(async ({ keeper }): Promise<readonly KnownTarget[]> => {
      try {
        return (await keeper.scopes()).map((record) => ({
          ...record,
          address: keeper.address,
          configured: context.connections.has(record.connection),
          kind: fixed.has(`${record.connection}/${record.schema}`) ? 'fixed' : 'tenant',
        }));
      } catch (error) {
        if (!isBfmError(error) || error.code !== 'target.unreachable') throw error;
        unreachable.push(error);
        return [];
      }
    }),
  );
  const all = lists.flat().filter(({ connection }) => selected.length === 0 || selected.includes(connection));
  const retired = all.filter((record) => !isCurrent(record)).length;
  return { targets: withRetired ? all : all.filter(isCurrent), retired, unreachable };
}
