import { compareText, type LedgerEntry, type MigrationId, type PlanGroup } from '@bfm/core';
import type { Hasher } from '../ports/hasher.ts';

/**
 * Hash of the applied rows of a ledger, those of a plan's own steps left out. It is the same before, during and after
 * the plan is carried out, by whomever, and differs as soon as anything else was applied or rolled back.
 */
export function ledgerBasis(
  entries: Iterable<LedgerEntry>,
  planned: ReadonlySet<MigrationId>,
  hasher: Hasher,
): string {
  const rows: string[] = [];
  for (const { migrationId, checksum, status } of entries) {
    if (status === 'applied' && !planned.has(migrationId)) rows.push(`${migrationId} ${checksum}`);
  }
  return hasher.sha256(rows.sort(compareText).join('\n'));
}

const remembered = new WeakMap<object, Map<object, string>>();

/** The same, worked out once for all targets of a group that share their entries. */
export function sharedLedgerBasis(
  entries: ReadonlyMap<MigrationId, LedgerEntry>,
  group: Pick<PlanGroup, 'steps'>,
  hasher: Hasher,
): string {
  const byGroup = remembered.get(entries) ?? new Map<object, string>();
  remembered.set(entries, byGroup);
  const known = byGroup.get(group);
  if (known !== undefined) return known;
  const planned = new Set(group.steps.map(({ migrationId }) => migrationId));
  const basis = ledgerBasis(entries.values(), planned, hasher);
  byGroup.set(group, basis);
  return basis;
}
