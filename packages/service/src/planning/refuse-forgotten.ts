import { repairCommand, targetKey, toFaultsError, type Fault, type Plan } from '@bfm/core';
import type { ForgottenMigration } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/**
 * Refuses to apply again what the events of a target say is applied, when somebody has changed its ledger row behind
 * BFM's back. One question to each database, and only when something is to be applied.
 *
 * @throws {drift.forgotten} naming every target and migration
 */
export async function refuseForgotten(plan: Plan, context: ServiceContext): Promise<void> {
  if (plan.direction === 'down') return;
  const byStore = Map.groupBy(plan.groups, ({ connection }) =>
    context.storeOf(findConnection(connection, context)),
  );
  const faults: Fault[] = [];
  for (const [store, groups] of byStore) {
    const planned = new Set(
      groups.flatMap(({ connection, targets, steps }) =>
        steps.length === 0 ? [] : targets.map(({ schema }) => targetKey({ connection, schema })),
      ),
    );
    const found = await store.forgotten(
      [...new Set(groups.map(({ connection }) => connection))],
      [...new Set(groups.flatMap(({ steps }) => steps.map(({ migrationId }) => migrationId)))],
    );
    faults.push(...found.filter((forgotten) => planned.has(targetKey(forgotten))).map(toFault));
  }
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

function toFault({ connection, schema, migrationId, actor, runId }: ForgottenMigration): Fault {
  const place = { connection, schemas: [schema] };
  const applied = repairCommand({ action: 'mark-applied', migrationId, place });
  const pending = repairCommand({ action: 'mark-pending', migrationId, place });
  return {
    code: 'drift.forgotten',
    message: `${migrationId} was applied to ${connection}/${schema} by ${actor} (run ${runId}), and its ledger row was deleted or changed since by something else than BFM; nothing was run`,
    where: { migration_id: migrationId, connection, schema },
    mend: `find out who did that, and look for its effect; when it is there: ${applied}; when it is not, the same, and then: ${pending}`,
  };
}
