import { repairCommand, type PlanStep, type RepairCommandParts, type Target } from '@bfm/core';

/** Where the step stands whose error names repairs. */
export interface RepairPlace {
  readonly step: PlanStep;
  readonly target: Target;
  /** 0-based number of the statement; `null` when it was none of the file's. */
  readonly statement: number | null;
}

const COMMAND = /bfm repair (mark-applied|mark-pending)(?: --statement (THIS|NEXT))?/g;

/**
 * Completes the repairs that a text names, so that they work when typed: target, migration, and for `--statement THIS` and
 * `--statement NEXT` the number; behind the last statement everything is done, and that is another repair.
 */
export function completeRepairs(text: string, { step, target, statement }: RepairPlace): string {
  const { connection, schema } = target;
  const about = { migrationId: step.migrationId, place: { connection, schemas: [schema] } };
  return text.replace(COMMAND, (_, action: RepairCommandParts['action'], which: string | undefined) => {
    if (which === undefined) return repairCommand({ ...about, action });
    const number = (statement ?? 0) + (which === 'THIS' ? 1 : 2);
    if (number <= step.statements.length) return repairCommand({ ...about, action, statement: number });
    return repairCommand({ ...about, action: step.direction === 'up' ? 'mark-applied' : 'mark-pending' });
  });
}
