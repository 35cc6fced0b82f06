import type { Plan, PlanStep } from '@bfm/core';

/** The wire form of a plan: one step per target and migration, in the order of groups; plus what a person needs. */
export function presentPlan(plan: Plan): Record<string, unknown> {
  return {
    digest: plan.digest,
    direction: plan.direction,
    steps: plan.groups.flatMap((group) =>
      group.targets.flatMap(({ schema, createSchema }) =>
        group.steps.map((step) => ({
          migration_id: step.migrationId,
          backend: group.backend,
          connection: group.connection,
          schema,
          direction: step.direction,
          statements: step.statements.map(({ text }) => text),
          kind: step.kind,
          reason: step.reason,
          file: step.file,
          checksum: step.checksum,
          create_schema: createSchema && step === group.steps[0],
          depends_on: dependsOn(step),
        })),
      ),
    ),
    skipped: plan.skips,
    warnings: plan.warnings,
    request: plan.request,
  };
}

function dependsOn({ after }: PlanStep): string[] {
  return [...new Set(after.map(({ migrationId }) => migrationId))];
}
