import type { RowState } from '@bfm/engine';
import type { EditRun } from '../editing/ledger-edit-run.ts';
import type { RepairPlan } from '../repair/repair-plan.ts';
import { presentError } from './present-error.ts';

/** The wire form of a repair: every target with its outcome and what was changed there. */
export function presentRepair(
  { action, reason, unchanged }: RepairPlan,
  { runId, results }: EditRun,
): Record<string, unknown> {
  const outcomes = results.map(({ outcome }) => (outcome === 'done' ? 'repaired' : outcome));
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    run: { id: runId },
    action,
    reason,
    targets: results.map(({ target, edit, error }, index) => ({
      connection: target.connection,
      schema: target.schema,
      backend: target.backend,
      outcome: outcomes[index],
      changes: edit.changes.map(({ migrationId, before, after }) => ({
        migration_id: migrationId,
        before: presentRow(before),
        after: presentRow(after),
      })),
      ...(edit.done === null ? {} : { next_statement: edit.done.length + 1 }),
      ...(error === null ? {} : { error: presentError(error) }),
    })),
    unchanged: unchanged.map(({ connection, schema, backend }) => ({ connection, schema, backend })),
    summary: {
      repaired: count('repaired'),
      planned: count('planned'),
      failed: count('failed'),
      not_started: count('not_started'),
    },
  };
}

function presentRow(row: RowState | null): Record<string, string> | null {
  return row === null ? null : { status: row.status, checksum: row.checksum };
}
