import { isInTarget, targetKey, type MigrationId, type TargetState } from '@bfm/core';
import { effectiveShape, type RowChange } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';
import { readRecorded, requireNamedTenants, type RecordedSelection } from './recorded-targets.ts';
import { notApplicable, toRepairPlan, type RepairDecision, type RepairPlan } from './repair-plan.ts';

/**
 * Works out how to take baselines back: what they marked is no longer recorded.
 *
 * @throws {repair.not_applicable} where migrations have been applied on top of it
 * @throws {request.schema_required} {target.not_found} {target.unreachable}
 */
export async function planUnbaseline(
  selection: RecordedSelection,
  reason: string,
  context: ServiceContext,
): Promise<RepairPlan> {
  const states = await readRecorded(selection, context);
  const byKeeper = Map.groupBy(states, ({ target }) =>
    context.keeperOf(findConnection(target.connection, context)),
  );
  const decisions: RepairDecision[] = [];
  for (const [keeper, those] of byKeeper) {
    const marked = await keeper.baselined(those.map(({ target }) => target));
    for (const state of those) {
      const ids = marked.get(targetKey(state.target));
      if (ids !== undefined) decisions.push(decideUnbaseline(state, ids));
    }
  }
  const concerned = new Set(decisions.map(({ target }) => target));
  requireNamedTenants(
    states.filter(({ target }) => concerned.has(target)),
    selection,
    context,
  );
  return toRepairPlan({ action: 'unbaseline', reason, done: null }, decisions);
}

/** Decides for one target. Pure. */
export function decideUnbaseline(state: TargetState, marked: ReadonlySet<MigrationId>): RepairDecision {
  const { target } = state;
  const inTarget = [...effectiveShape(state).entries.values()].filter(
    ({ status }) => isInTarget(status) || status === 'started',
  );
  const onTop = inTarget.find(({ migrationId }) => !marked.has(migrationId));
  if (onTop !== undefined) {
    const { connection, schema } = target;
    const fault = notApplicable(
      `${onTop.migrationId} was applied to ${connection}/${schema} on top of the baseline`,
      { connection, schema, migration_id: onTop.migrationId },
      'roll back what was applied on top first (bfm down), or take single migrations back with bfm repair mark-pending',
    );
    return { target, changes: [], faults: [fault] };
  }
  const changes = inTarget.map(({ migrationId, status, checksum }): RowChange => ({
    migrationId,
    before: { status, checksum },
    after: null,
  }));
  return { target, changes, faults: [] };
}
