import type { ConnectionName } from '@bfm/core';
import type { ServiceContext, TargetStatus } from '@bfm/service';
import { toCommandLine } from '../options/command-line.ts';
import type { PlanOptions, StatusCommandOptions } from '../options/option-types.ts';

/** So many tenants are named one by one even when the connection can list them all. */
const NAMED_MAX = 3;
/** A command with more names than this is no help to anybody. */
const SCHEMAS_MAX = 10;

/** What to do about how targets stand, each once: what is broken first, then the commands that work when typed. */
export function statusNextSteps(
  targets: readonly TargetStatus[],
  options: StatusCommandOptions,
  context: Pick<ServiceContext, 'catalog' | 'connections'>,
): readonly string[] {
  const sound = targets.filter(({ drift, pending }) => drift.length === 0 && pending.length > 0);
  const late = targets.filter(({ drift }) => drift.some(({ kind }) => kind === 'out_of_order'));
  const allowed: PlanOptions = { ...options, outOfOrder: 'allow' };
  return [
    ...new Set([
      ...targets.flatMap(mends),
      ...planCommands(sound, options, context),
      ...planCommands(late, allowed, context),
    ]),
  ];
}

function mends({ unreachable, drift }: TargetStatus): readonly string[] {
  const next = unreachable?.next ?? null;
  return [
    ...(next === null ? [] : [next]),
    ...drift.map(({ kind }) => {
      switch (kind) {
        case 'checksum_changed':
          return 'restore the file as it was applied and put the change into a new migration';
        case 'missing':
          return 'restore the file that is gone, or point --sfm at the tree that has it';
        case 'out_of_order':
          return 'give what comes too late a newer version, or allow it with --out-of-order=allow';
        case 'half_rolled_back':
          return 'go on with the rollback that did not end: bfm down --migration ID';
      }
    }),
  ];
}

/** Plans for these targets. Tenants are named, because `bfm plan` without a schema leaves them out. */
function planCommands(
  targets: readonly TargetStatus[],
  options: PlanOptions,
  context: Pick<ServiceContext, 'catalog' | 'connections'>,
): readonly string[] {
  if (targets.length === 0) return [];
  const { schema, schemasFrom, allTenants } = options;
  if (schema !== undefined || schemasFrom !== undefined || allTenants === true) {
    return [toCommandLine('bfm plan', options)];
  }
  const isTenant = ({ pending }: TargetStatus): boolean =>
    pending.some((id) => context.catalog.byId.get(id)?.schema === null);
  const tenants = Map.groupBy(targets.filter(isTenant), ({ target }) => target.connection);
  return [
    ...(targets.every(isTenant) ? [] : [toCommandLine('bfm plan', options)]),
    ...[...tenants].map(([name, those]) => toCommandLine('bfm plan', tenantOptions(name, those))),
  ];

  function tenantOptions(name: ConnectionName, those: readonly TargetStatus[]): PlanOptions {
    const canList = (context.connections.get(name)?.tenants ?? null) !== null;
    if (canList && those.length > NAMED_MAX) return { ...options, connection: [name], allTenants: true };
    const names = those.map(({ target }) => target.schema).filter((found) => found !== null);
    return { ...options, connection: [name], schema: names.slice(0, SCHEMAS_MAX) };
  }
}
