import type { Plan } from '@bfm/core';

/** How much a plan is. */
export interface PlanTotals {
  readonly targets: number;
  /** One per migration and target. */
  readonly steps: number;
  /** All that would be sent: those of each step. */
  readonly statements: number;
  /** Different migrations. */
  readonly migrations: number;
  readonly irreversible: number;
}

/** Counts a plan without going through its targets one by one. */
export function planTotals({ groups }: Pick<Plan, 'groups'>): PlanTotals {
  const ids = new Set<string>();
  const irreversible = new Set<string>();
  let targets = 0;
  let steps = 0;
  let statements = 0;
  for (const group of groups) {
    targets += group.targets.length;
    steps += group.targets.length * group.steps.length;
    for (const { migrationId, kind, statements: each } of group.steps) {
      statements += group.targets.length * each.length;
      ids.add(migrationId);
      if (kind === 'irreversible') irreversible.add(migrationId);
    }
  }
  return { targets, steps, statements, migrations: ids.size, irreversible: irreversible.size };
}
