import {
  isFailure,
  targetKey,
  type MigrationId,
  type Plan,
  type PlanGroup,
  type PlanStep,
  type RunResult,
  type SchemaName,
  type StepResult,
} from '@bfm/core';

/** Why a step of a failed unit is not undone though the run has applied it. */
export type WhyStays =
  | { readonly kind: 'irreversible' }
  /** Another step, which stays or of which nobody knows, stands upon it. */
  | { readonly kind: 'needed'; readonly by: MigrationId };

/** What can be taken back of one unit that has failed. */
export interface UndoableUnit {
  readonly schema: SchemaName;
  /** Applied by the run, and to be rolled back. */
  readonly undone: readonly StepResult[];
  readonly stays: readonly { readonly step: StepResult; readonly why: WhyStays }[];
}

/**
 * Finds what a run has applied in tenants of which one store has failed. What has no down stays, and so does a step whose end is
 * not known; with them stays what they depend on, and what was applied before them in the same target. Pure.
 */
export function findUndoable(plan: Plan, { eachStep }: RunResult): readonly UndoableUnit[] {
  const failed = new Set<SchemaName>();
  for (const step of eachStep()) if (isFailure(step)) failed.add(step.target.schema);
  const bySchema = new Map<SchemaName, StepResult[]>();
  for (const step of eachStep()) {
    const { schema } = step.target;
    if (failed.has(schema) && isThere(step)) bySchema.set(schema, [...(bySchema.get(schema) ?? []), step]);
  }
  const steps = indexSteps(plan);
  return [...bySchema]
    .map(([schema, there]) => divide(schema, there, steps))
    .filter(({ undone, stays }) => undone.length + stays.length > 0);
}

/** Something of it is in the target, or may be. */
function isThere({ outcome }: StepResult): boolean {
  return outcome === 'applied' || outcome === 'needs_attention';
}

type StepIndex = ReadonlyMap<string, { readonly step: PlanStep; readonly group: PlanGroup }>;

const keyOf = (connection: string, id: MigrationId): string => `${connection}\n${id}`;

function indexSteps({ groups }: Plan): ReadonlyMap<string, StepIndex> {
  const byTarget = new Map<string, StepIndex>();
  for (const group of groups) {
    const steps: StepIndex = new Map(
      group.steps.map((step) => [keyOf(group.connection, step.migrationId), { step, group }]),
    );
    for (const { schema } of group.targets) {
      byTarget.set(targetKey({ connection: group.connection, schema }), steps);
    }
  }
  return byTarget;
}

function divide(
  schema: SchemaName,
  there: readonly StepResult[],
  plan: ReadonlyMap<string, StepIndex>,
): UndoableUnit {
  const planned = (result: StepResult): PlanStep | undefined =>
    plan.get(targetKey(result.target))?.get(keyOf(result.target.connection, result.migrationId))?.step;
  const stays = new Map<StepResult, WhyStays | null>();
  const roots = there.filter(
    (result) => result.outcome === 'needs_attention' || planned(result)?.kind === 'irreversible',
  );
  for (const root of roots) stays.set(root, root.outcome === 'applied' ? { kind: 'irreversible' } : null);
  // Each that stays is looked at once: what it stands upon is added behind it.
  for (const result of stays.keys()) {
    for (const below of standsUpon(result, planned(result), there)) {
      if (!stays.has(below)) stays.set(below, { kind: 'needed', by: result.migrationId });
    }
  }
  return {
    schema,
    undone: there.filter((result) => !stays.has(result)),
    stays: [...stays].flatMap(([step, why]) => (why === null ? [] : [{ step, why }])),
  };
}

/** What a step depends on, and what was applied before it in its target, in the order of the run. */
function standsUpon(
  result: StepResult,
  step: PlanStep | undefined,
  there: readonly StepResult[],
): readonly StepResult[] {
  const { target } = result;
  const needed = new Set(
    (step?.after ?? [])
      .filter(({ schema }) => schema === null || schema === target.schema)
      .map(({ connection, migrationId }) => keyOf(connection, migrationId)),
  );
  const place = there.indexOf(result);
  return there.filter(
    (other, index) =>
      needed.has(keyOf(other.target.connection, other.migrationId)) ||
      (index < place && other.target.connection === target.connection),
  );
}
