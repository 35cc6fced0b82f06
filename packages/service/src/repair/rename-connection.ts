import { BfmError, toFaultsError, type ConnectionName } from '@bfm/core';
import type { ScopeRecord } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';
import type { ScopeWork } from '../targets/change-scopes.ts';
import { isCurrent } from '../targets/keepers.ts';
import { notApplicable } from './repair-plan.ts';

/** What renaming a connection would do. */
export interface RenamePlan {
  readonly from: ConnectionName;
  readonly to: ConnectionName;
  readonly address: string;
  readonly targets: readonly ScopeRecord[];
  readonly works: readonly ScopeWork[];
}

/**
 * Works out how to give what a ledger recorded under one connection's name another one's, which is configured now. The
 * files are the same, in a folder of the new name.
 *
 * @throws {target.not_found} when the ledger knows no such name {repair.not_applicable} when both names have the same schema
 * @throws {connection.not_found} {target.unreachable}
 */
export async function planRenameConnection(
  { from, to }: { readonly from: ConnectionName; readonly to: ConnectionName },
  context: ServiceContext,
): Promise<RenamePlan> {
  const keeper = context.keeperOf(findConnection(to, context));
  const current = (await keeper.scopes()).filter(isCurrent);
  const targets = current.filter(({ connection }) => connection === from);
  if (targets.length === 0) throw unknownName(from, to, { address: keeper.address, current });
  const taken = new Set(current.filter(({ connection }) => connection === to).map(({ schema }) => schema));
  const faults = targets
    .filter(({ schema }) => taken.has(schema))
    .map(({ schema }) =>
      notApplicable(
        `the ledger has ${from}/${schema} and ${to}/${schema}, so that one cannot take the other's name`,
        { connection: to, schema },
        `bfm target list shows both; give up the one that is wrong: bfm repair forget-target ${to}/${schema} --reason WHY`,
      ),
    );
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  const places = targets.map(({ schema }) => ({ connection: to, schema }));
  const work: ScopeWork = {
    places,
    keeper,
    leased: [],
    attempt: (change) => keeper.renameConnection({ from, to }, change),
  };
  return { from, to, address: keeper.address, targets, works: [work] };
}

function unknownName(
  from: ConnectionName,
  to: ConnectionName,
  { address, current }: { readonly address: string; readonly current: readonly ScopeRecord[] },
): BfmError {
  const known = [...new Set(current.map(({ connection }) => connection))];
  return new BfmError('target.not_found', {
    message: `the ledger in ${address}, where ${to} points, knows no connection ${from}; it knows ${known.length === 0 ? 'none' : known.join(', ')}`,
    details: { where: { connection: from }, known },
    next: 'give the name that the ledger knows first, and the one that is configured now behind it',
  });
}
