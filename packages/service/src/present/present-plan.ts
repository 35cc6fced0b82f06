import type { Plan, PlanGroup, PlanStep, SchemaName } from '@bfm/core';
import { LazyList } from './lazy-list.ts';

/** The wire form of a plan: one step per target and migration, in the order of groups; plus what a person needs. */
export function presentPlan(plan: Plan): Record<string, unknown> {
  return {
    digest: plan.digest,
    direction: plan.direction,
    steps: new LazyList(() => eachStep(plan)),
    skipped: plan.skips,
    warnings: plan.warnings,
    request: plan.request,
  };
}

function* eachStep({ groups }: Plan): Generator<Record<string, unknown>> {
  for (const group of groups) {
    const [first] = group.steps;
    for (const { schema, createSchema } of group.targets) {
      for (const step of group.steps) {
        yield { ...presentStep(step, group, schema), create_schema: createSchema && step === first };
      }
    }
  }
}

function presentStep(
  step: PlanStep,
  { backend, connection }: PlanGroup,
  schema: SchemaName,
): Record<string, unknown> {
  return {
    migration_id: step.migrationId,
    backend,
    connection,
    schema,
    direction: step.direction,
    statements: step.statements.map(({ text }) => text),
    kind: step.kind,
    reason: step.reason,
    file: step.file,
    checksum: step.checksum,
    depends_on: dependsOn(step),
  };
}

function dependsOn({ after }: PlanStep): string[] {
  return [...new Set(after.map(({ migrationId }) => migrationId))];
}
