import {
  isBfmError,
  type BfmError,
  type MigrationId,
  type PlanGroup,
  type PlanStep,
  type SchemaName,
  type StepOutcome,
  type StepResult,
  type Target,
} from '@bfm/core';
import { blockedError } from './blocked-error.ts';
import { StepEnds, type StepEnd } from './step-ends.ts';

/** What the targets of one group share. */
interface GroupRun {
  readonly group: PlanGroup;
  /** The places of migrations among the group's steps. */
  readonly index: ReadonlyMap<MigrationId, number>;
  /** Those of the first target come first. */
  readonly ends: StepEnds;
}

/** The progress of one target through its steps. */
export class TargetRun {
  readonly target: Target;
  /** Still to be created, inside the first step's transaction; `null` when it exists. */
  schemaToCreate: SchemaName | null;
  readonly #shared: GroupRun;
  readonly #offset: number;
  #left: number;

  constructor(shared: GroupRun, planned: PlanGroup['targets'][number], position: number) {
    const { backend, connection, steps } = shared.group;
    this.target = { backend, connection, schema: planned.schema };
    this.schemaToCreate = planned.createSchema ? planned.schema : null;
    this.#shared = shared;
    this.#offset = position * steps.length;
    this.#left = steps.length;
  }

  /** The group of the plan that the target belongs to. */
  get group(): PlanGroup {
    return this.#shared.group;
  }

  /** True while a step has not ended. */
  get isOpen(): boolean {
    return this.#left > 0;
  }

  /** Indices of the steps that have not ended, in order. */
  open(): number[] {
    if (!this.isOpen) return [];
    return this.group.steps
      .keys()
      .filter((index) => this.#outcome(index) === undefined)
      .toArray();
  }

  /** The step at an index of the group. */
  step(index: number): PlanStep {
    const step = this.group.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }

  /** How a migration ended here; `undefined` while it has not, `null` when it is none of this target's steps. */
  outcomeOf(id: MigrationId): StepOutcome | undefined | null {
    const index = this.#shared.index.get(id);
    return index === undefined ? null : this.#outcome(index);
  }

  /** Records an end and gives it back as a result. */
  end(index: number, end: StepEnd): StepResult {
    if (this.#outcome(index) === undefined) this.#left -= 1;
    this.#shared.ends.set(this.#offset + index, end);
    return this.#toResult(index, end);
  }

  /** Every step with how it ended; all must have. */
  *results(): Generator<StepResult> {
    for (const index of this.group.steps.keys()) {
      const end = this.#shared.ends.at(this.#offset + index);
      if (end === undefined) throw new Error(`step ${index} of ${this.target.schema} has not ended`);
      yield this.#toResult(index, end);
    }
  }

  /** True when a step here failed. */
  hasFailed(): boolean {
    return this.group.steps
      .keys()
      .map((index) => this.#outcome(index))
      .some((outcome) => outcome === 'failed' || outcome === 'needs_attention');
  }

  #outcome(index: number): StepOutcome | undefined {
    return this.#shared.ends.outcomeAt(this.#offset + index);
  }

  #toResult(index: number, { outcome, durationMs, attempts, reason }: StepEnd): StepResult {
    const step = this.step(index);
    const { migrationId, direction } = step;
    const error = this.#toError(step, reason);
    return { target: this.target, migrationId, direction, outcome, durationMs, attempts, error };
  }

  /** An error for each blocked step of a fleet would be hundreds of megabytes: it is made when it is asked for. */
  #toError(step: PlanStep, reason: StepEnd['reason']): BfmError | null {
    return reason === null || isBfmError(reason) ? reason : blockedError(this.target, step, reason);
  }
}

/** Tells whether a step's end lets its dependents go on. */
export function isDone(outcome: StepOutcome): boolean {
  return outcome === 'applied' || outcome === 'rolled_back' || outcome === 'skipped';
}

/** Makes the runs of all targets of a group. */
export function toTargetRuns(group: PlanGroup): TargetRun[] {
  const index = new Map(group.steps.map(({ migrationId }, position) => [migrationId, position]));
  const shared = { group, index, ends: new StepEnds(group.targets.length * group.steps.length) };
  return group.targets.map((planned, position) => new TargetRun(shared, planned, position));
}
