import { BfmError, type PlanStep, type StepDependency, type Target } from '@bfm/core';

/** The error of a step that was not begun because one that it depends on was not done. */
export function blockedError(target: Target, step: PlanStep, dependency: StepDependency): BfmError {
  const { connection, schema } = target;
  const done = step.direction === 'up' ? 'applied' : 'rolled back';
  return new BfmError('step.blocked', {
    message: `not started: ${dependency.migrationId} (${dependency.connection}/${dependency.schema ?? schema}) was not ${done}`,
    details: {
      where: { migration_id: step.migrationId, connection, schema },
      dependency: dependency.migrationId,
    },
    next: 'mend that one and run the same command again',
  });
}
