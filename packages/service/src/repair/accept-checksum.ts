import type { Catalog, MigrationId, TargetState } from '@bfm/core';
import { assessTarget, type RowChange, type SameMeaning } from '@bfm/engine';
import { createSameMeaning } from '../planning/same-meaning.ts';
import { requireSource } from '../planning/require-source.ts';
import type { ServiceContext } from '../service-context.ts';
import { readRecorded, resolveRecorded, type RecordedSelection } from './recorded-targets.ts';
import { toRepairPlan, type RepairDecision, type RepairPlan } from './repair-plan.ts';

/** Which edited migrations are to be accepted. */
export interface AcceptChecksumRequest {
  readonly selection: RecordedSelection;
  /** `null`: all that were edited. */
  readonly migrations: readonly string[] | null;
}

/**
 * Works out how to take edited files for what was applied: ledgers keep the checksum and text of now. What is in the
 * targets stays as it is.
 *
 * @throws source faults, {target.not_found} {migration.not_found} {target.unreachable}
 */
export async function planAcceptChecksum(
  { selection, migrations }: AcceptChecksumRequest,
  reason: string,
  context: ServiceContext,
): Promise<RepairPlan> {
  requireSource(context);
  const states = await readRecorded(selection, context);
  const ids = migrations === null ? null : new Set(resolveRecorded(migrations, states, context));
  const sameMeaning = await createSameMeaning(states, context);
  const { catalog } = context;
  const decisions = states.map((state) => decideAcceptChecksum(state, ids, { catalog, sameMeaning }));
  return toRepairPlan({ action: 'accept-checksum', reason, done: null }, decisions);
}

/** Decides for one target. Pure. */
export function decideAcceptChecksum(
  state: TargetState,
  ids: ReadonlySet<MigrationId> | null,
  { catalog, sameMeaning }: { readonly catalog: Catalog; readonly sameMeaning: SameMeaning },
): RepairDecision {
  const { drift } = assessTarget({ catalog, state, wanted: [], sameMeaning });
  const changes = drift.flatMap((found): RowChange[] => {
    if (found.kind !== 'checksum_changed' || ids?.has(found.migrationId) === false) return [];
    const { migrationId, applied, current } = found;
    return [
      {
        migrationId,
        before: { status: 'applied', checksum: applied },
        after: { status: 'applied', checksum: current },
      },
    ];
  });
  return { target: state.target, changes, faults: [] };
}
