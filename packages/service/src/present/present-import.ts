import { targetKey } from '@bfm/core';
import type { EditOutcome, EditRun } from '../editing/ledger-edit-run.ts';
import type { ImportPlan, ImportTarget } from '../import/import-plan.ts';
import type { Problem } from '../import/judge-target.ts';
import { presentError } from './present-error.ts';

/** The wire form of an import: every target with its outcome, and what is left alone. */
export function presentImport(plan: ImportPlan, { runId, results }: EditRun): Record<string, unknown> {
  const byTarget = new Map(results.map((result) => [targetKey(result.target), result]));
  const outcomes = plan.targets.map((each) => outcomeOf(each, byTarget.get(targetKey(each.target))?.outcome));
  const { gone, misplaced, otherBackends, unconfigured, unknownSchemas, leftOut } = plan.leftAlone;
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    run: { id: runId },
    state: plan.state,
    targets: plan.targets.map((each, index) => {
      const error = byTarget.get(targetKey(each.target))?.error ?? null;
      return {
        ...presentTarget(each),
        outcome: outcomes[index],
        ...(error === null ? {} : { error: presentError(error) }),
      };
    }),
    left_alone: {
      gone,
      misplaced: misplaced.map(({ migrationId, schema }) => ({ migration_id: migrationId, schema })),
      other_backends: otherBackends.map(([connection, rows]) => ({ connection, rows })),
      unconfigured: unconfigured.map(([connection, targets]) => ({ connection, targets })),
      unknown_schemas: unknownSchemas,
      left_out: leftOut,
    },
    summary: {
      imported: count('imported'),
      planned: count('planned'),
      up_to_date: count('up_to_date'),
      undecided: count('undecided'),
      failed: count('failed'),
      not_started: count('not_started'),
    },
  };
}

/** Nothing is written at all while anything is undecided. */
function outcomeOf({ undecided, lost }: ImportTarget, outcome: EditOutcome | undefined): string {
  if (undecided.length > 0 || lost > 0) return 'undecided';
  if (outcome === undefined) return 'up_to_date';
  return outcome === 'done' ? 'imported' : outcome;
}

function presentTarget(each: ImportTarget): Record<string, unknown> {
  const { target, marked, seen, recorded, pending, lost, settled, undecided } = each;
  return {
    connection: target.connection,
    schema: target.schema,
    backend: target.backend,
    applied: marked,
    confirmed: seen,
    recorded,
    pending,
    ...(lost === 0 ? {} : { schema_missing: true }),
    settled: settled.map(presentProblem),
    undecided: undecided.map(presentProblem),
  };
}

function presentProblem(problem: Problem): Record<string, unknown> {
  const { migration, applied, suspicion, missing, there, shown } = problem;
  const names = (objects: Problem['missing']): readonly string[] =>
    objects.map(
      ({ word, schema, of, name }) =>
        `${word} ${[schema, of, name].filter((part) => part !== null).join('.')}`,
    );
  return {
    migration_id: migration.id,
    state_says: applied ? 'applied' : 'not_applied',
    suspicion,
    missing: names(missing),
    there: names(there),
    shown_by_catalog: shown,
  };
}
