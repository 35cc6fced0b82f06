import { BfmError, isBfmError, type PlanStep } from '@bfm/core';
import type { TargetRun } from './target-run.ts';

/** The error as it is, or the bug that it stands for. */
export function toBfmError(error: unknown): BfmError {
  if (isBfmError(error)) return error;
  return new BfmError('internal.invariant', {
    message: `unexpected: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  });
}

/** The connection broke during a step, and nobody could look since. @param cause why not */
export function unknownError(run: TargetRun, index: number, cause: BfmError): BfmError {
  const { connection, schema } = run.target;
  const { migrationId } = run.step(index);
  const whyNot =
    cause.code === 'run.cancelled'
      ? 'the run was cancelled before its ledger could be read again'
      : `its ledger could not be read since (${cause.message})`;
  return new BfmError('step.unknown', {
    message: `the connection to ${connection}/${schema} broke during ${migrationId}, and ${whyNot}: it is committed or it is not`,
    details: { where: { migration_id: migrationId, connection, schema } },
    next: 'once the database answers, run the same command again: the ledger says what was committed, and that is skipped',
    cause,
  });
}

/** The connection broke during a step that is not one transaction, part of which is done by what the ledger says. */
export function partlyDoneError(run: TargetRun, index: number): BfmError {
  const { connection, schema } = run.target;
  const { migrationId } = run.step(index);
  const left = 'what it did stays, and the ledger knows how far it came';
  return new BfmError('run.cancelled', {
    message: `the connection to ${connection}/${schema} broke during ${migrationId}, which was not gone on with; ${left}`,
    details: { where: { migration_id: migrationId, connection, schema }, left },
    next: 'run the same command again to go on',
  });
}

/** The lock was lost while the run was being stopped: what was under way was cancelled before anybody asked for that. */
export function cutByLoss(cancelled: BfmError, lost: BfmError): BfmError {
  return new BfmError(cancelled.code, {
    message: `${cancelled.message}; not because anybody asked for that: ${lost.message}`,
    details: cancelled.details,
    next: 'run the same command again to go on',
    cause: lost,
  });
}

/** A step broke its connection so many times that it is taken for the cause. */
export function breakerError(cause: BfmError, times: number): BfmError {
  return new BfmError('step.failed', {
    message: `${cause.message}; so it went ${times} times, and the ledger says that it is not applied`,
    details: cause.details,
    next: "look into the server's log for what ended the connection, mend the file and run the same command again",
    cause,
  });
}

/** The target is not what the plan was made for. */
export function staleError({ connection, schema }: TargetRun['target'], why: string): BfmError {
  return new BfmError('plan.stale', {
    message: `${connection}/${schema} no longer matches the plan: ${why}; nothing was changed there`,
    details: { where: { connection, schema } },
    next: 'plan again',
  });
}

/** A step was in the transaction that another one's failure has aborted. */
export function groupAborted({ target: { connection, schema } }: TargetRun, step: PlanStep): BfmError {
  return new BfmError('step.blocked', {
    message: `not applied: the transaction of ${connection}/${schema} was aborted by ${step.migrationId}`,
    details: { where: { migration_id: step.migrationId, connection, schema } },
    next: 'mend that one and run the same command again',
  });
}
