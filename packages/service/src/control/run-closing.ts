import { BfmError, isBfmError, targetKey, type RunResult, type StepResult } from '@bfm/core';
import type { NewSkip, StateAction, StateWrites, StoredStep } from '@bfm/engine';
import { isTold } from '../present/present-run.ts';
import type { ServiceContext } from '../service-context.ts';
import { eachAlreadyApplied, type MigrationOnTarget } from './already-applied.ts';
import type { ControlContext } from './control-context.ts';
import { endRun } from './end-run.ts';
import type { Execution } from './execution.ts';
import type { RunEnding } from './run-ending.ts';
import { lookUpSteps, type StepStanding } from './look-up-steps.ts';
import { eachPlanned, type PlacedStep } from './plan-places.ts';
import { isDone } from './recorded-steps.ts';
import { toRunEnd } from './run-end.ts';
import type { Recording, RunRecorder } from './run-recorder.ts';
import { projectedByEvent, toProjected, toStoredError, toStoredStep } from './stored-step.ts';
import { workerActor } from './take-run.ts';

/** What a run is ended with. */
export interface Closing extends Recording {
  readonly recorder: RunRecorder;
  readonly execution: Execution;
}

/** What a run has come to. */
export interface RunStandstill {
  /** What the engine gave back last; `null`: there was nothing for it to do. */
  readonly result: RunResult | null;
  /** What stands against the run as a whole; `null`: nothing. */
  readonly refusal: BfmError | null;
}

/** Steps recorded at once, and skips noted of one run: five of each migration and schema are kept anyway. */
const AT_ONCE = 1_000;
const SKIPS_MAX = 5_000;

/** Ends the work on a run, one way or the other. */
export class RunClosing {
  readonly #closing: Closing;
  readonly #control: ControlContext;
  readonly #skipped: PlacedStep[] = [];

  constructor(closing: Closing, control: ControlContext) {
    this.#closing = closing;
    this.#control = control;
  }

  /** Records steps that the ledgers say are done: in this run, or by somebody else. */
  settle(standings: readonly StepStanding[]): void {
    const { recorder, held } = this.#closing;
    for (const { placed, event } of standings) {
      const isOurs = event?.runId === held.run.id;
      if (!isOurs) this.#skipped.push(placed);
      const done = placed.step.direction === 'up' ? 'applied' : 'rolled_back';
      const step = toBareStep(placed, isOurs ? done : 'skipped', null);
      recorder.record([step], event === null ? [] : [projectedByEvent(placed, event)]);
    }
  }

  /** Gives the run back for the next one to go on, at once or when it is resumed. @throws {run.fence_lost} */
  async giveBack(): Promise<RunEnding> {
    const { recorder, held } = this.#closing;
    await recorder.flush();
    await this.#write(this.#action('run.give_back', {}), async ({ runs, jobs }) => {
      const status = await runs.giveBack(held.hold);
      if (status === 'queued') await jobs.enqueue(held.run.id);
    });
    this.#control.changes.tell(held.run.id);
    return 'given_back';
  }

  /** Ends a run that nobody who took it has survived. @throws {run.fence_lost} */
  async giveUp(context: ServiceContext): Promise<RunEnding> {
    const { book, places, held, execution } = this.#closing;
    const open = eachPlanned(places.plan)
      .filter(({ position }) => !isDone({ outcome: book.at(position) }))
      .toArray();
    const standings = await lookUpSteps(open, context).catch(() => []);
    this.settle(standings.filter(({ isDone: done, event }) => done && event?.runId === held.run.id));
    const refusal = new BfmError('run.poisoned', {
      message: `run ${held.run.id} was lost ${execution.lossesMax} times on end with whoever worked on it, and nothing got done; it is not tried again`,
      details: { runId: held.run.id, losses: execution.lossesMax },
      next: `find out in the logs of the workers what ends them, then: bfm run retry ${held.run.id}`,
    });
    return this.finish({ result: null, refusal }, context);
  }

  /** Records how everything ended. @throws {run.fence_lost} */
  async finish({ result, refusal }: RunStandstill, context: ServiceContext): Promise<RunEnding> {
    const { recorder, held, book } = this.#closing;
    const firstError = result === null ? null : await this.#recordRest(result);
    if (refusal !== null) await this.#recordUnstarted(refusal);
    const skips = await this.#skips(context);
    await recorder.flush();
    const summary = book.summary();
    const left = summary.not_started + summary.failed + summary.needs_attention;
    const wasCancelled = held.cancelRequested.aborted && left > 0 && isCancelled(firstError ?? refusal);
    const end = toRunEnd({ summary, wasCancelled, refusal, firstError });
    await endRun({ held, end, skips, worker: this.#closing.execution.worker }, this.#control);
    return 'ended';
  }

  /** Records what was not done; steps that were only stopped are among it. @returns the first error */
  async #recordRest(result: RunResult): Promise<BfmError | null> {
    const { places, recorder, held, time } = this.#closing;
    let first: BfmError | null = null;
    let before: StepResult | null = null;
    let batch = 0;
    for (const step of result.eachStep()) {
      const position = places.positionOf(step.target, step.migrationId);
      if (position === null || isDoneResult(step)) continue;
      first = worseOf(first, step);
      const stored = toStoredStep(isTold(step, before) ? { ...step, error: null } : step, position);
      const place = places.placeOf(step.target);
      const planned = place && places.stepOf(place, step.migrationId);
      const stamp = { runId: held.run.id, at: time.now() };
      const projected =
        planned === undefined || isCancelled(step.error) ? null : toProjected(step, planned, stamp);
      recorder.record([stored], projected === null ? [] : [projected]);
      before = step;
      batch += 1;
      if (batch % AT_ONCE === 0) await recorder.flush();
    }
    return first;
  }

  /** A run that was refused as a whole has begun nothing of what is left. */
  async #recordUnstarted(refusal: BfmError): Promise<void> {
    const { places, book, recorder } = this.#closing;
    const error = toStoredError(refusal);
    let key = '';
    for (const placed of eachPlanned(places.plan)) {
      if (book.at(placed.position) !== 'not_started') continue;
      const next = targetKey(placed.target);
      recorder.record([toBareStep(placed, 'not_started', next === key ? null : error)]);
      key = next;
      if (placed.position % AT_ONCE === 0) await recorder.flush();
    }
  }

  /** What was asked for and done already, before the run or while it waited. */
  async #skips(context: ServiceContext): Promise<readonly NewSkip[]> {
    const { places, recorder } = this.#closing;
    await this.#projectSkipped(context);
    const during: readonly MigrationOnTarget[] = [...this.#skipped, ...recorder.skipped].map(
      ({ target, step }) => ({ target, migrationId: step.migrationId }),
    );
    return [...during, ...eachAlreadyApplied(places.plan, context.catalog).take(SKIPS_MAX)]
      .slice(0, SKIPS_MAX)
      .map((skipped) => this.#toSkip(skipped));
  }

  /** The ledger knows since when those are applied; when it cannot be asked, the projection stays as it is. */
  async #projectSkipped(context: ServiceContext): Promise<void> {
    const { recorder } = this.#closing;
    try {
      const standings = await lookUpSteps(recorder.skipped, context);
      recorder.record(
        [],
        standings.flatMap(({ placed, event }) => (event === null ? [] : [projectedByEvent(placed, event)])),
      );
    } catch (error) {
      if (!isBfmError(error)) throw error;
    }
  }

  #toSkip({ target, migrationId }: MigrationOnTarget): NewSkip {
    const { actor, method, context } = this.#closing.held.run;
    return { ...target, migrationId, actor, method, context };
  }

  #action(action: string, detail: StateAction['detail']): StateAction {
    return { action, object: `run/${this.#closing.held.run.id}`, result: 'ok', detail };
  }

  #write(action: StateAction, work: (state: StateWrites) => Promise<void>): Promise<void> {
    const { held, execution } = this.#closing;
    return held.persist(() => this.#control.state.write(workerActor(execution.worker), action, work));
  }
}

function toBareStep(
  { position, target, step }: PlacedStep,
  outcome: StoredStep['outcome'],
  error: StoredStep['error'],
): StoredStep {
  const { migrationId, direction } = step;
  return { position, migrationId, ...target, direction, outcome, attempts: 0, durationMs: 0, error };
}

function isDoneResult({ outcome }: StepResult): boolean {
  return outcome === 'applied' || outcome === 'rolled_back' || outcome === 'skipped';
}

function isCancelled(error: BfmError | null): boolean {
  return error?.code === 'run.cancelled';
}

/** The error that tells most: that of a step that failed goes before that of one that was not begun. */
function worseOf(first: BfmError | null, { outcome, error }: StepResult): BfmError | null {
  if (error === null) return first;
  if (first === null) return error;
  const isBad = outcome === 'failed' || outcome === 'needs_attention';
  return isBad && (first.code === 'step.blocked' || first.code === 'run.cancelled') ? error : first;
}
