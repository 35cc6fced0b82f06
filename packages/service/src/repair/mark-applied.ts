import {
  targetKey,
  type ConnectionName,
  type Migration,
  type PlanRequest,
  type SchemaName,
  type TargetState,
} from '@bfm/core';
import { effectiveShape, planScope, type PlanDemand, type RowChange } from '@bfm/engine';
import { readStates } from '../planning/read-states.ts';
import { requireSelection } from '../planning/require-selection.ts';
import { requireSource } from '../planning/require-source.ts';
import type { ServiceContext } from '../service-context.ts';
import {
  notApplicable,
  toRepairPlan,
  toRowState,
  type RepairDecision,
  type RepairPlan,
} from './repair-plan.ts';

/**
 * Works out how to say that migrations are applied, which somebody has carried out by other means. The request's
 * `migrations` name them, its schemas the targets of dynamic ones. Undone by mark-pending.
 *
 * @throws {repair.not_applicable} where a schema does not exist
 * @throws source faults, `request.schema_required`, `connection.not_found`, `target.unreachable`
 */
export async function planMarkApplied(
  request: PlanRequest,
  reason: string,
  context: ServiceContext,
): Promise<RepairPlan> {
  requireSource(context);
  const scope = planScope(context.catalog, request);
  requireSelection(scope, request);
  const chosen = scope.demands
    .map((demand) => ({ ...demand, wanted: demand.wanted.filter(({ id }) => !demand.pulledIn.has(id)) }))
    .filter(({ wanted }) => wanted.length > 0);
  const states = await readStates(toWanted(chosen), context);
  const decisions = chosen.flatMap(({ connection, schemas, wanted }) =>
    schemas
      .map((schema) => states.get(targetKey({ connection, schema })))
      .filter((state) => state !== undefined)
      .map((state) => decideMarkApplied(state, wanted)),
  );
  return toRepairPlan({ action: 'mark-applied', reason, done: null }, decisions);
}

/** Decides for one target. Pure. */
export function decideMarkApplied(state: TargetState, wanted: readonly Migration[]): RepairDecision {
  const { target } = state;
  const { connection, schema } = target;
  if (state.presence === 'missing') {
    const fault = notApplicable(
      `schema ${schema} of connection ${connection} does not exist`,
      { connection, schema },
      `bfm plan --connection ${connection}`,
    );
    return { target, changes: [], faults: [fault] };
  }
  const { entries } = effectiveShape(state);
  const changes = wanted
    .map(({ id, up }): RowChange => ({
      migrationId: id,
      before: toRowState(entries.get(id)),
      after: { status: 'applied', checksum: up.checksum },
    }))
    .filter(({ before }) => before?.status !== 'applied');
  return { target, changes, faults: [] };
}

function toWanted(demands: readonly PlanDemand[]): ReadonlyMap<ConnectionName, readonly SchemaName[]> {
  const wanted = new Map<ConnectionName, readonly SchemaName[]>();
  for (const { connection, schemas } of demands) {
    wanted.set(connection, [...(wanted.get(connection) ?? []), ...schemas]);
  }
  return wanted;
}
