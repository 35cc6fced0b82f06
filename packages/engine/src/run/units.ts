import { BfmError, type SchemaName, type StepResult, type Target } from '@bfm/core';
import type { RunOptions } from './run-options.ts';

/**
 * Keeps the targets of one tenant together, whatever stores they are in: once one of them has failed, nothing new is begun
 * in the others. Made only for runs whose unit is the tenant.
 */
export class Units {
  readonly #stop: AbortSignal;
  readonly #units = new Map<SchemaName, Unit>();

  /** @param stop the run's own: what stops the run stops its units */
  constructor(stop: AbortSignal) {
    this.#stop = stop;
  }

  /** Notes the failure of a step. */
  noteFailure({ target, migrationId }: StepResult): void {
    const { failure } = this.#of(target);
    if (!failure.signal.aborted) failure.abort(new UnitFailure(target, migrationId));
  }

  /** Aborted once a target of the same unit has failed, or the run is to stop. */
  stopOf(target: Target): RunOptions['stop'] {
    return this.#of(target).stop;
  }

  #of({ schema }: Target): Unit {
    const known = this.#units.get(schema);
    if (known !== undefined) return known;
    const failure = new AbortController();
    const unit = { failure, stop: AbortSignal.any([this.#stop, failure.signal]) };
    this.#units.set(schema, unit);
    return unit;
  }
}

interface Unit {
  readonly failure: AbortController;
  readonly stop: AbortSignal;
}

/** Why the signal of a unit is aborted. */
class UnitFailure {
  readonly #failed: Target;
  readonly #migrationId: string;

  constructor(failed: Target, migrationId: string) {
    this.#failed = failed;
    this.#migrationId = migrationId;
  }

  toError({ connection, schema }: Pick<Target, 'connection' | 'schema'>): BfmError {
    const where = `${this.#failed.connection}/${this.#failed.schema}`;
    return new BfmError('step.blocked', {
      message: `not started: ${this.#migrationId} was not done in ${where}, which is one unit with ${connection}/${schema}`,
      details: { where: { connection, schema }, dependency: this.#migrationId },
      next: 'mend that one and run the same command again',
    });
  }
}

/** The error of what was not begun because a signal was aborted: the run was stopped, or a target of its unit has failed. */
export function notBegunError(
  target: Pick<Target, 'connection' | 'schema'>,
  { reason }: Pick<AbortSignal, 'reason'>,
): BfmError {
  if (reason instanceof UnitFailure) return reason.toError(target);
  const { connection, schema } = target;
  return new BfmError('run.cancelled', {
    message: `not started in ${connection}/${schema}: the run was stopped`,
    details: { where: { connection, schema } },
    next: 'run the same command again to go on',
  });
}
