import type { Plan, PlanGroup, PlanStep, ScriptExecution } from '@bfm/core';

/**
 * The wire form of a plan that says once what all targets of a group have in common, so that a fleet's plan is as long as
 * that of one tenant. All of the plan is in it.
 */
export function presentPlanGroups(plan: Plan): Record<string, unknown> {
  const { digest, direction, groups, skips, warnings, request } = plan;
  return { digest, direction, groups: groups.map(presentGroup), skipped: skips, warnings, request };
}

function presentGroup({
  backend,
  connection,
  targets,
  steps,
  deferred,
  basis,
}: PlanGroup): Record<string, unknown> {
  return {
    backend,
    connection,
    targets: targets.map(({ schema, createSchema }) => ({ schema, create_schema: createSchema })),
    steps: steps.map(presentStep),
    deferred,
    basis,
  };
}

function presentStep(step: PlanStep): Record<string, unknown> {
  const { version, name, direction, kind, reason, checksum, file, statements, unqualified, requires } = step;
  return {
    migration_id: step.migrationId,
    version,
    name,
    direction,
    kind,
    reason,
    checksum,
    file,
    statements,
    literal_placeholder: step.literalPlaceholder,
    unqualified,
    execution: presentExecution(step.execution),
    requires,
    after: step.after.map(({ connection, schema, migrationId }) => ({
      connection,
      schema,
      migration_id: migrationId,
    })),
  };
}

function presentExecution(execution: ScriptExecution): Record<string, unknown> {
  const { transaction, lockTimeoutMs, statementTimeoutMs, batchSize, batchPauseMs, verify } = execution;
  return {
    transaction,
    lock_timeout_ms: lockTimeoutMs,
    statement_timeout_ms: statementTimeoutMs,
    batch_size: batchSize,
    batch_pause_ms: batchPauseMs,
    verify,
  };
}
