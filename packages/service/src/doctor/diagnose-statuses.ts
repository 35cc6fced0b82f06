import type { Catalog, Fault, SchemaName, Version } from '@bfm/core';
import { baselineCommand, driftMend, toBlockerFault, toDriftFault, type Drift } from '@bfm/engine';
import type { TargetStatus } from '../read-status.ts';
import { findingsOf } from './diagnose-server.ts';
import { faultToFinding, type Finding } from './finding.ts';
import { placesOf } from './some-names.ts';

/** A target that can be told of by name. */
type Named = TargetStatus & { readonly target: { readonly schema: SchemaName } };
type NamedOnes = readonly [Named, ...Named[]];

/** So many drifts of a kind are told of: with a wrong tree every migration drifts. */
const DRIFTS_MAX = 20;

/**
 * Judges how the targets of one database stand, by what would keep the next up from working there; what targets have in
 * common is told once. Pure.
 */
export function diagnoseStatuses(
  statuses: readonly TargetStatus[],
  catalog: Pick<Catalog, 'byId'>,
  address: string,
): readonly Finding[] {
  const named = statuses.filter((status): status is Named => status.target.schema !== null);
  const byConnection = Map.groupBy(named, ({ target }) => target.connection);
  return [...byConnection.values()]
    .flatMap((those) => [...blockerFindings(those, catalog), ...driftFindings(those, address)])
    .map((finding) => ({ ...finding, database: address }));
}

function blockerFindings(statuses: readonly Named[], catalog: Pick<Catalog, 'byId'>): readonly Finding[] {
  return [...Map.groupBy(statuses, ({ blocker }) => blocker)].flatMap(([blocker, those]) => {
    if (blocker === null || !isSome(those)) return [];
    const newest = newestPending(those[0], catalog);
    const fault = toBlockerFault(blocker, those[0], newest);
    return [alikeFinding(fault, those, baselineCommand(placeOf(those), newest))];
  });
}

function newestPending({ pending }: Named, { byId }: Pick<Catalog, 'byId'>): Version {
  const versions = pending.map((id) => byId.get(id)?.version).filter((version) => version !== undefined);
  return versions.reduce((a, b) => (a > b ? a : b));
}

interface SharedDrift {
  readonly drift: Drift;
  readonly those: [Named, ...Named[]];
}

function driftFindings(statuses: readonly Named[], address: string): readonly Finding[] {
  const drifts = new Map<string, SharedDrift>();
  // Alike targets share their lists, so that each is gone through once.
  for (const [list, those] of Map.groupBy(statuses, ({ drift }) => drift)) {
    if (!isSome(those)) continue;
    for (const drift of list) {
      const key = `${drift.kind} ${drift.migrationId}`;
      const known = drifts.get(key);
      if (known !== undefined) known.those.push(...those);
      else drifts.set(key, { drift, those: [those[0], ...those.slice(1)] });
    }
  }
  return [...Map.groupBy(drifts.values(), ({ drift }) => drift.kind)].flatMap(([kind, alike]) => [
    ...alike
      .slice(0, DRIFTS_MAX)
      .map(({ drift, those }) =>
        alikeFinding(toDriftFault(drift, those[0]), those, driftMend(drift, placeOf(those))),
      ),
    ...(alike.length <= DRIFTS_MAX
      ? []
      : [
          findingsOf(address)(`drift.${kind}`, 'error', [
            `and ${alike.length - DRIFTS_MAX} more migrations alike: is --sfm the right tree?`,
            'bfm status --json lists them all',
          ]),
        ]),
  ]);
}

function alikeFinding(fault: Fault, [, ...others]: NamedOnes, mend: string): Finding {
  const also = others.length === 0 ? '' : `; and so in ${placesOf(others.map(({ target }) => target))}`;
  return { ...faultToFinding(fault), message: `${fault.message}${also}`, mend };
}

function placeOf(those: NamedOnes): Parameters<typeof driftMend>[1] {
  return { connection: those[0].target.connection, schemas: those.map(({ target }) => target.schema) };
}

function isSome(those: readonly Named[]): those is NamedOnes {
  return those.length > 0;
}
