import type { RunHead, Step } from '@bfm/client';
import { BfmError, targetKey, toRunResult, type RunResult, type RunStatus, type StepResult } from '@bfm/core';
import { readResult } from './read-event.ts';

/** Makes a result of a run and of its steps, in the order of its plan; of one that has not ended, of what has ended so far. */
export function readRunResult(run: RunHead, steps: readonly Step[], planned: RunResult): RunResult {
  const results = withSharedErrors(steps.map((step) => readResult({ ...step })));
  const told = run.finished_at === null ? withOpen(results, planned) : results;
  const whole = told.length > 0 ? told : notBegun(planned, run);
  return toRunResult({ runId: run.id, status: toStatus(run), eachStep: () => whole });
}

/** What has not ended is told, too. */
function withOpen(results: readonly StepResult[], { steps }: RunResult): readonly StepResult[] {
  const keyOf = ({ target, migrationId }: StepResult): string => `${targetKey(target)} ${migrationId}`;
  const ended = new Map(results.map((result) => [keyOf(result), result]));
  return steps.map((step) => ended.get(keyOf(step)) ?? { ...step, outcome: 'not_started' });
}

/** Whether a person has to look is told by its steps. */
function toStatus({ status }: RunHead): RunStatus {
  if (status === 'succeeded' || status === 'cancelled') return status;
  return 'failed';
}

/** What keeps a whole target from being begun is told with the first of its steps only. */
function withSharedErrors(results: readonly StepResult[]): readonly StepResult[] {
  const whole: StepResult[] = [];
  for (const result of results) {
    const before = whole.at(-1);
    const isSame =
      before?.outcome === 'not_started' &&
      result.outcome === 'not_started' &&
      result.error === null &&
      targetKey(before.target) === targetKey(result.target);
    whole.push(isSame ? { ...result, error: before.error } : result);
  }
  return whole;
}

/** Of a run that was cancelled before anybody took it, nothing is recorded. */
function notBegun({ steps }: RunResult, { id }: RunHead): readonly StepResult[] {
  const error = new BfmError('run.cancelled', {
    message: `run ${id} was cancelled before anything of it had begun`,
    next: 'run the same command again',
  });
  return steps.map((step) => ({ ...step, outcome: 'not_started', error }));
}
