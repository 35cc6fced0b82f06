import { targetKey } from '@bfm/core';
import type { BaselinePlan } from '../baseline.ts';
import { migrationsOf, type EditRun } from '../editing/ledger-edit-run.ts';
import { presentError } from './present-error.ts';

/** The wire form of a baseline: every target with its outcome, and the kinds of schema that were found. */
export function presentBaseline(plan: BaselinePlan, { runId, results }: EditRun): Record<string, unknown> {
  const checksums = new Map(
    plan.edits.map(({ target, catalogChecksum }) => [targetKey(target), catalogChecksum]),
  );
  const outcomes = results.map(({ outcome }) => (outcome === 'done' ? 'baselined' : outcome));
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    run: { id: runId },
    targets: results.map(({ target, edit, error }, index) => ({
      connection: target.connection,
      schema: target.schema,
      backend: target.backend,
      outcome: outcomes[index],
      migrations: migrationsOf(edit),
      catalog: checksums.get(targetKey(target)) ?? null,
      ...(error === null ? {} : { error: presentError(error) }),
    })),
    kinds: plan.groups.flatMap(({ connection, kinds }) =>
      kinds.map(({ catalogChecksum, schemas, differences }) => ({
        connection,
        catalog: catalogChecksum,
        schemas,
        ...(differences ?? {}),
      })),
    ),
    skipped: plan.skips,
    summary: {
      baselined: count('baselined'),
      planned: count('planned'),
      failed: count('failed'),
      not_started: count('not_started'),
    },
  };
}
