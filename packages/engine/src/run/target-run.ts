import type {
  BfmError,
  MigrationId,
  PlanGroup,
  PlanStep,
  SchemaName,
  StepOutcome,
  StepResult,
  Target,
} from '@bfm/core';

/** How one step ended, apart from which step it was. */
export interface StepEnd {
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  readonly attempts: number;
  readonly error: BfmError | null;
}

/** The progress of one target through its steps. */
export class TargetRun {
  readonly target: Target;
  readonly group: PlanGroup;
  /** Still to be created, inside the first step's transaction; `null` when it exists. */
  schemaToCreate: SchemaName | null;
  readonly #ends: (StepEnd | undefined)[];
  readonly #index: ReadonlyMap<MigrationId, number>;

  constructor(
    group: PlanGroup,
    planned: PlanGroup['targets'][number],
    index: ReadonlyMap<MigrationId, number>,
  ) {
    this.group = group;
    this.target = { backend: group.backend, connection: group.connection, schema: planned.schema };
    this.schemaToCreate = planned.createSchema ? planned.schema : null;
    this.#ends = new Array<StepEnd | undefined>(group.steps.length);
    this.#index = index;
  }

  /** Indices of the steps that have not ended, in order. */
  open(): number[] {
    return this.group.steps
      .keys()
      .filter((index) => this.#ends[index] === undefined)
      .toArray();
  }

  /** The step at an index of the group. */
  step(index: number): PlanStep {
    const step = this.group.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }

  /** How a migration ended here; `undefined` while it has not, `null` when it is none of this target's steps. */
  endOf(id: MigrationId): StepEnd | undefined | null {
    const index = this.#index.get(id);
    return index === undefined ? null : this.#ends[index];
  }

  /** Records an end and gives it back as a result. */
  end(index: number, end: StepEnd): StepResult {
    this.#ends[index] = end;
    return this.#toResult(index, end);
  }

  /** Every step with how it ended; all must have. */
  results(): StepResult[] {
    return this.#ends.map((end, index) => {
      if (end === undefined) throw new Error(`step ${index} of ${this.target.schema} has not ended`);
      return this.#toResult(index, end);
    });
  }

  /** True when a step here failed. */
  hasFailed(): boolean {
    return this.#ends.some((end) => end?.outcome === 'failed' || end?.outcome === 'needs_attention');
  }

  #toResult(index: number, end: StepEnd): StepResult {
    const { migrationId, direction } = this.step(index);
    return { target: this.target, migrationId, direction, ...end };
  }
}

/** Tells whether a step's end lets its dependents go on. */
export function isDone(end: StepEnd): boolean {
  return end.outcome === 'applied' || end.outcome === 'rolled_back' || end.outcome === 'skipped';
}

/** Makes the runs of all targets of a group. */
export function toTargetRuns(group: PlanGroup): TargetRun[] {
  const index = new Map(group.steps.map(({ migrationId }, position) => [migrationId, position]));
  return group.targets.map((planned) => new TargetRun(group, planned, index));
}
