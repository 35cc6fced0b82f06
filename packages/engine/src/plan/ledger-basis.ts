import { compareText, type LedgerEntry, type MigrationId } from '@bfm/core';
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
