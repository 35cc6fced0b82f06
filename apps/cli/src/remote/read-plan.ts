import type { GroupedPlan, GroupedStep, PlanGroup as WireGroup } from '@bfm/client';
import type { Plan, PlanGroup, PlanStep } from '@bfm/core';

/** Makes a plan of what a server tells of one in groups; all of it is there, so that everything shown of it is the same. */
export function readPlan({ digest, direction, groups, skipped, warnings, request }: GroupedPlan): Plan {
  return {
    digest,
    direction,
    request,
    groups: groups.map(readGroup),
    skips: skipped,
    warnings,
  } as unknown as Plan;
}

function readGroup({ targets, steps, ...group }: WireGroup): PlanGroup {
  return {
    ...group,
    targets: targets.map(({ schema, create_schema: createSchema }) => ({ schema, createSchema })),
    steps: steps.map(readStep),
  } as unknown as PlanGroup;
}

function readStep(step: GroupedStep): PlanStep {
  const {
    migration_id: migrationId,
    literal_placeholder: literalPlaceholder,
    execution,
    after,
    ...same
  } = step;
  return {
    ...same,
    migrationId,
    literalPlaceholder,
    execution: {
      transaction: execution.transaction,
      lockTimeoutMs: execution.lock_timeout_ms,
      statementTimeoutMs: execution.statement_timeout_ms,
      batchSize: execution.batch_size,
      batchPauseMs: execution.batch_pause_ms,
      verify: execution.verify,
    },
    after: after.map(({ connection, schema, migration_id: id }) => ({ connection, schema, migrationId: id })),
  } as unknown as PlanStep;
}
