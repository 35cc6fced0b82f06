import type { LedgerEntry } from '@bfm/core';
import type { LockedLedger, RowState } from '@bfm/engine';
import type { PlannedEdit } from './ledger-edit-run.ts';

/** Tells whether a ledger, read inside the lock, still says what an edit was decided by. */
export function isStillTrue({ edit, catalogChecksum }: PlannedEdit, locked: LockedLedger): boolean {
  const sameRows = edit.changes.every(({ migrationId, before }) =>
    isSameRow(before, locked.entries.get(migrationId)),
  );
  const stillUnknown = edit.deferred.every(({ migrationId }) => !locked.entries.has(migrationId));
  return sameRows && stillUnknown && (catalogChecksum === null || catalogChecksum === locked.catalogChecksum);
}

function isSameRow(before: RowState | null, now: LedgerEntry | undefined): boolean {
  if (before === null || now === undefined) return before === null && now === undefined;
  return before.status === now.status && before.checksum === now.checksum;
}
