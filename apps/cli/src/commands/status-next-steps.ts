import { type ConnectionName, type SchemaName } from '@bfm/core';
import { andTheRest, driftMend, typedSchemas } from '@bfm/engine';
import type { TargetStatus } from '@bfm/service';
import type { Selecting } from '../modes/selecting.ts';
import { toCommandLine } from '../options/command-line.ts';
import type { PlanOptions, StatusCommandOptions } from '../options/option-types.ts';

/** So many tenants are named one by one even when the connection can list them all. */
const NAMED_MAX = 3;

/** What to do about how targets stand, each once: what is broken first, then the commands that work when typed. */
export function statusNextSteps(
  targets: readonly TargetStatus[],
  options: StatusCommandOptions,
  context: Pick<Selecting, 'catalog' | 'connections'>,
): readonly string[] {
  const sound = targets.filter(
    ({ drift, pending, blocker }) => blocker === null && drift.length === 0 && pending.length > 0,
  );
  const late = targets.filter(({ drift }) => drift.some(({ kind }) => kind === 'out_of_order'));
  const allowed: PlanOptions = { ...options, outOfOrder: 'allow' };
  return [
    ...new Set([
      ...troubleSteps(targets),
      ...baselineCommands(targets, options, context),
      ...planCommands(sound, options, context),
      ...planCommands(late, allowed, context),
    ]),
  ];
}

/** What to do about targets that have drifted or could not be read. */
export function troubleSteps(targets: readonly TargetStatus[]): readonly string[] {
  return [
    ...new Set([...targets.flatMap(({ unreachable }) => unreachable?.next ?? []), ...driftMends(targets)]),
  ];
}

type Drift = TargetStatus['drift'][number];

/** What mends drift, for the first migration of each kind: the others are mended the same way. */
function driftMends(targets: readonly TargetStatus[]): readonly string[] {
  // Targets share their lists, so that each is gone through once: a wrong tree makes millions of drifts in a fleet.
  const lists = Map.groupBy(targets, ({ drift }) => drift);
  const firsts = [...lists].flatMap(([drift, [status]]) =>
    status === undefined ? [] : drift.map((first) => ({ first, target: status.target })),
  );
  const kinds = Map.groupBy(firsts, ({ first }) => first.kind);
  return [...kinds].map(([kind, those]) => {
    const [{ first, target }] = those as [(typeof firsts)[number]];
    const alike = alikeIn(targets, lists.keys(), { kind, migrationId: first.migrationId });
    return driftMend(first, { connection: target.connection, schemas: schemasOf(alike) });
  });
}

function alikeIn(
  targets: readonly TargetStatus[],
  lists: Iterable<TargetStatus['drift']>,
  { kind, migrationId }: Pick<Drift, 'kind' | 'migrationId'>,
): readonly TargetStatus[] {
  const holding = new Set(
    [...lists].filter((drift) =>
      drift.some((each) => each.kind === kind && each.migrationId === migrationId),
    ),
  );
  return targets.filter(({ drift }) => holding.has(drift));
}

/** Shows what a baseline of these would mark; it changes nothing yet, since how far to go is for a person to say. */
function baselineCommands(
  targets: readonly TargetStatus[],
  options: StatusCommandOptions,
  { catalog }: Pick<Selecting, 'catalog'>,
): readonly string[] {
  const blocked = targets.filter(({ blocker }) => blocker !== null);
  return [...Map.groupBy(blocked, ({ target }) => target.connection)].map(([connection, those]) => {
    const newest = those
      .flatMap(({ pending }) => pending.map((id) => catalog.byId.get(id)?.version ?? ''))
      .reduce((a, b) => (a > b ? a : b), '');
    const schemas = schemasOf(those);
    const selectors = { ...options, connection: [connection], schema: typedSchemas(schemas), to: newest };
    return `${toCommandLine('bfm baseline', selectors)} --dry-run${andTheRest(schemas)}`;
  });
}

function schemasOf(places: readonly Pick<TargetStatus, 'target'>[]): readonly SchemaName[] {
  return [...new Set(places.flatMap(({ target }) => target.schema ?? []))];
}

/** For people to type: asks the ledger for all tenants it knows, where there are too many to be named. */
const KNOWN_SCHEMAS = 'SELECT schema_name FROM bfm.scope WHERE connection = $$NAME$$ AND retired_at IS NULL';

/** Plans for these targets. Tenants are named, because `bfm plan` without a schema leaves them out. */
function planCommands(
  targets: readonly TargetStatus[],
  options: PlanOptions,
  context: Pick<Selecting, 'catalog' | 'connections'>,
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
    const schemas = schemasOf(those);
    if (andTheRest(schemas) === '') return { ...options, connection: [name], schema: schemas };
    return { ...options, connection: [name], schemasFrom: KNOWN_SCHEMAS.replace('NAME', () => name) };
  }
}
