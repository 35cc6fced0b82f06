import { BfmError, isFailure, toRunResult, type RunResult, type StepResult } from '@bfm/core';
import { undoRun, type ApplyOptions } from '../apply-plan.ts';
import { compensateUnits } from '../compensation/compensate-units.ts';
import type { ServiceContext } from '../service-context.ts';
import { eachPlanned, type PlacedStep, type PlanPlaces } from './plan-places.ts';
import type { StepBook } from './step-book.ts';

/** What of a run is to be taken back, over all of its attempts. */
export interface TakingBack {
  readonly places: PlanPlaces;
  readonly book: StepBook;
  /** Of this attempt; `null`: an earlier one had begun to take back. */
  readonly result: RunResult | null;
  readonly options: ApplyOptions;
}

/** Tells whether an earlier attempt has begun to take back: the run goes forward no more. */
export function isTakingBack(book: StepBook, { plan }: PlanPlaces): boolean {
  return plan.direction === 'up' && book.summary().rolled_back > 0;
}

/** Takes back what a run has applied in units that failed; its ends are told to the context's listener. */
export async function takeBack(taking: TakingBack, context: ServiceContext): Promise<void> {
  const { places, options } = taking;
  const runId = context.newRunId();
  const whole = toRunResult({ runId, eachStep: () => eachStep(taking) });
  await compensateUnits(places.plan, whole, undoRun({ ...options, runId }, context));
}

/** Every step as it stands after all attempts. */
function* eachStep({ places, book, result }: TakingBack): Generator<StepResult> {
  const failures = new Map<number, StepResult>();
  for (const step of result?.eachStep() ?? []) {
    const position = places.positionOf(step.target, step.migrationId);
    if (position !== null && isFailure(step)) failures.set(position, step);
  }
  for (const placed of eachPlanned(places.plan)) {
    yield failures.get(placed.position) ?? toStepResult(placed, book);
  }
}

function toStepResult({ position, target, step }: PlacedStep, book: StepBook): StepResult {
  const { migrationId, direction } = step;
  const outcome = book.at(position);
  const end = { target, migrationId, direction, durationMs: 0, attempts: 0 };
  // A unit of which something is taken back has failed, whatever else the book says of it.
  if (outcome === 'rolled_back') return { ...end, outcome: 'failed', error: null };
  return { ...end, outcome, error: outcome === 'not_started' ? NOT_BEGUN : null };
}

/** Whatever kept it from being begun, it is no failure of its own. */
const NOT_BEGUN = new BfmError('step.blocked', { message: 'not begun', next: 'look at the run' });
