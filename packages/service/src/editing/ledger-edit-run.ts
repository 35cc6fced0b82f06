import type { BfmError, MigrationId, Target } from '@bfm/core';
import type { LedgerEdit } from '@bfm/engine';

/** A change of one target's ledger, decided by what was read before any lock was taken. */
export interface PlannedEdit {
  readonly target: Target;
  readonly edit: LedgerEdit;
  /** The schema must still be made of this when the edit is written; `null`: that does not matter. */
  readonly catalogChecksum: string | null;
}

/** How the edit of one target ended; `planned` in a dry run. */
export type EditOutcome = 'done' | 'planned' | 'failed' | 'not_started';

/** One target of an edit run. */
export interface EditResultOfTarget {
  readonly target: Target;
  readonly edit: LedgerEdit;
  readonly outcome: EditOutcome;
  readonly error: BfmError | null;
}

/** What became of all edits, in the order they were planned. */
export interface EditRun {
  readonly runId: string;
  readonly results: readonly EditResultOfTarget[];
}

/** The migrations an edit is about. */
export function migrationsOf({ changes }: LedgerEdit): readonly MigrationId[] {
  return changes.map(({ migrationId }) => migrationId);
}
